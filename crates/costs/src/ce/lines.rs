//! Lines of a statement.

use std::borrow::Cow;
use std::sync::Arc;

use freehold_billing::bill::Described;
use freehold_billing::engine::{Instance, Pays, Platform, Product, Reservation, Scope, Tenancy};
use freehold_billing::offers::Class;
use rust_decimal::Decimal;

use super::dimension::{Dimension, Subject};
use super::statement::Statement;
use crate::offered;

/// What kind of charge it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// On-Demand and Spot.
    Usage,
    /// A reservation pays for it.
    Discounted,
    /// A plan pays for it; the charge is the list price, which [`Record::Negation`] takes back.
    Covered,
    Negation,
    /// Of a reservation: what is due each hour, and what of that nobody used.
    Recurring,
    /// Of a reservation, when it was bought.
    Upfront,
    PlanRecurring,
    PlanUpfront,
}

impl Record {
    /// What is due when something is bought, and not again.
    pub fn is_paid_once(self) -> bool {
        matches!(self, Self::Upfront | Self::PlanUpfront)
    }

    /// As `RECORD_TYPE` has it.
    fn name(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::Discounted => "DiscountedUsage",
            Self::Covered => "SavingsPlanCoveredUsage",
            Self::Negation => "SavingsPlanNegation",
            Self::Recurring => "Recurring",
            Self::Upfront => "Upfront",
            Self::PlanRecurring => "SavingsPlanRecurringFee",
            Self::PlanUpfront => "SavingsPlanUpfrontFee",
        }
    }
}

/// Everything of a kind in a part of the period.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub account: Arc<str>,
    pub resource: Arc<str>,
    pub record: Record,
    /// For fees, the commitment that they are for, as unused.
    pub pays: Pays,
    /// Its place in the biller's products; `None` for fees.
    pub product: Option<usize>,
    /// In the product's unit.
    pub quantity: Decimal,
    /// USD as charged in the hour.
    pub unblended: Decimal,
    /// USD with shares of what was paid before.
    pub amortized: Decimal,
}

/// What a line is about: it needs the statement to say.
pub(super) struct Told<'a> {
    pub statement: &'a Statement,
    pub line: &'a Line,
}

const SELLER: &str = "Amazon Web Services, Inc.";
pub(super) const EC2_COMPUTE: &str = "Amazon Elastic Compute Cloud - Compute";
const PLANS_SERVICE: &str = "Savings Plans for AWS Compute usage";

impl Told<'_> {
    pub fn product(&self) -> Option<&Product> {
        self.line.product.map(|at| &self.statement.bill.biller().products()[at])
    }

    /// The unit of its quantity.
    pub fn unit(&self) -> Option<&'static str> {
        self.product().map(|product| Described::of(product).unit)
    }

    /// Hours of an instance, weighed by its size; zero for all else.
    pub fn normalized(&self) -> Decimal {
        match self.product() {
            Some(Product::Instance(instance) | Product::Room(instance) | Product::Spot { instance, .. }) => {
                instance.kind.units() * self.line.quantity
            }
            _ => Decimal::ZERO,
        }
    }

    fn reservation(&self) -> Option<&Reservation> {
        match self.line.pays {
            Pays::Reservation(at) | Pays::UnusedReservation(at) => {
                Some(&self.statement.bill.biller().reservations()[at])
            }
            _ => None,
        }
    }

    fn plan_id(&self) -> Option<&str> {
        match self.line.pays {
            Pays::SavingsPlan(at) | Pays::UnusedSavingsPlan(at) => Some(&self.statement.bill.biller().plans()[at].id),
            _ => None,
        }
    }

    fn purchase_type(&self) -> &'static str {
        if self.plan_id().is_some() {
            return "Savings Plans";
        }
        if let Some(reservation) = self.reservation() {
            let class = self.statement.class_of(&reservation.id);
            return if class == Some(Class::Convertible) {
                "Convertible Reserved Instances"
            } else {
                "Standard Reserved Instances"
            };
        }
        if matches!(self.product(), Some(Product::Spot { .. })) { "Spot Instances" } else { "On Demand Instances" }
    }
}

impl Subject for Told<'_> {
    fn value(&self, dimension: Dimension) -> Option<Cow<'_, str>> {
        let line = self.line;
        match dimension {
            Dimension::LinkedAccount => return Some(Cow::Borrowed(&line.account)),
            Dimension::RecordType => return Some(Cow::Borrowed(line.record.name())),
            // Fees are of commitments, which are no resources.
            Dimension::ResourceId => return line.product.map(|_| Cow::Borrowed(&*line.resource)),
            Dimension::PurchaseType => return Some(Cow::Borrowed(self.purchase_type())),
            Dimension::BillingEntity => return Some(Cow::Borrowed("AWS")),
            Dimension::LegalEntityName | Dimension::InvoicingEntity => return Some(Cow::Borrowed(SELLER)),
            Dimension::ReservationId => return self.reservation().map(|it| Cow::Borrowed(&*it.id)),
            Dimension::SubscriptionId => return self.reservation().map(|it| subscription_id(&it.id).into()),
            Dimension::Scope => return self.reservation().map(scope),
            Dimension::SavingsPlanArn => {
                return self.plan_id().and_then(|id| self.statement.plan_arn(id)).map(Cow::Owned);
            }
            Dimension::SavingsPlansType => {
                return self.plan_id().and_then(|id| self.statement.plan_type(id)).map(Cow::Borrowed);
            }
            Dimension::PaymentOption => {
                let of_plan = self.plan_id().and_then(|id| self.statement.plan_payment(id));
                let of_reservation = || self.reservation().and_then(|it| self.statement.payment_of(&it.id));
                return of_plan.or_else(of_reservation).map(Cow::Borrowed);
            }
            _ => {}
        }
        match (self.product(), self.reservation(), self.plan_id()) {
            (Some(product), ..) => of_product(product, dimension),
            (None, Some(reservation), _) => of_reservation(reservation, dimension),
            (None, None, Some(id)) => match dimension {
                Dimension::Service => Some(Cow::Borrowed(PLANS_SERVICE)),
                Dimension::UsageType => self.statement.plan_usage_type(id).map(Cow::Owned),
                Dimension::Region => Some(Cow::Borrowed("global")),
                _ => None,
            },
            _ => None,
        }
    }

    fn tag(&self, key: &str) -> Option<&str> {
        let tags = self.line.product.and_then(|_| self.statement.bill.timeline().tags_of(&self.line.resource));
        tags.and_then(|tags| tags.get(key)).map(String::as_str)
    }

    fn has_tags(&self) -> bool {
        let tags = self.line.product.and_then(|_| self.statement.bill.timeline().tags_of(&self.line.resource));
        tags.is_some_and(|tags| !tags.is_empty())
    }
}

/// What a product says of itself.
fn of_product(product: &Product, dimension: Dimension) -> Option<Cow<'_, str>> {
    let instance = match product {
        Product::Instance(instance) | Product::Room(instance) | Product::Spot { instance, .. } => Some(instance),
        _ => None,
    };
    match dimension {
        Dimension::Service => Some(Cow::Borrowed(service(product))),
        Dimension::UsageType => Some(Cow::Owned(Described::of(product).usage_type)),
        Dimension::UsageTypeGroup if product.is_room() => None,
        Dimension::UsageTypeGroup => instance.map(|_| Cow::Borrowed("EC2: Running Hours")),
        Dimension::Operation => Some(Cow::Borrowed(offered::operation(product))).filter(|name| !name.is_empty()),
        Dimension::Region => Some(Cow::Borrowed(product.region())),
        Dimension::InstanceTypeFamily => match product {
            Product::Host { family, .. } => Some(Cow::Borrowed(family)),
            _ => of_instance(instance?, dimension),
        },
        Dimension::Tenancy if matches!(product, Product::Host { .. }) => Some(Cow::Borrowed("Host")),
        _ => of_instance(instance?, dimension),
    }
}

fn of_instance(instance: &Instance, dimension: Dimension) -> Option<Cow<'_, str>> {
    let Instance { kind, zone, platform, tenancy, .. } = instance;
    match dimension {
        Dimension::Az => Some(Cow::Borrowed(&**zone)),
        Dimension::InstanceType => Some(Cow::Owned(kind.to_string())),
        Dimension::InstanceTypeFamily => Some(Cow::Borrowed(&kind.family)),
        Dimension::Platform => Some(Cow::Owned(platform.to_string())),
        Dimension::OperatingSystem => Some(system(platform)),
        Dimension::Tenancy => Some(Cow::Borrowed(tenancy_name(*tenancy))),
        _ => None,
    }
}

/// What a reservation is for.
pub(super) fn of_reservation(reservation: &Reservation, dimension: Dimension) -> Option<Cow<'_, str>> {
    let Reservation { id, account, kind, region, platform, tenancy, .. } = reservation;
    Some(match dimension {
        Dimension::Service => Cow::Borrowed(EC2_COMPUTE),
        Dimension::LinkedAccount => Cow::Borrowed(account),
        Dimension::Region => Cow::Borrowed(region),
        Dimension::Scope => scope(reservation),
        Dimension::Az => match &reservation.scope {
            Scope::Zone(zone) => Cow::Borrowed(&**zone),
            Scope::Region => return None,
        },
        Dimension::InstanceType => Cow::Owned(kind.to_string()),
        Dimension::InstanceTypeFamily => Cow::Borrowed(&kind.family),
        Dimension::Platform => Cow::Owned(platform.to_string()),
        Dimension::OperatingSystem => system(platform),
        Dimension::Tenancy => Cow::Borrowed(tenancy_name(*tenancy)),
        Dimension::UsageType => Cow::Owned(format!("HeavyUsage:{kind}")),
        Dimension::Operation => Cow::Borrowed(offered::operation_of(platform)),
        Dimension::SubscriptionId => Cow::Owned(subscription_id(id)),
        Dimension::ReservationId => Cow::Borrowed(id),
        _ => return None,
    })
}

fn scope(reservation: &Reservation) -> Cow<'_, str> {
    match &reservation.scope {
        Scope::Zone(_) => Cow::Borrowed("Availability Zone"),
        Scope::Region => Cow::Borrowed("Region"),
    }
}

fn system(platform: &Platform) -> Cow<'_, str> {
    match platform {
        Platform::Linux => Cow::Borrowed("Linux"),
        Platform::Other(description) => Cow::Borrowed(description),
    }
}

fn tenancy_name(tenancy: Tenancy) -> &'static str {
    match tenancy {
        Tenancy::Shared => "Shared",
        Tenancy::Dedicated => "Dedicated",
        Tenancy::Host => "Host",
    }
}

/// A number that stands for a reservation (*GetReservationUtilization: values for SUBSCRIPTION_ID must contain only
/// digits*): the first part of its id.
pub(super) fn subscription_id(id: &str) -> String {
    let first = id.split('-').next().and_then(|part| u64::from_str_radix(part, 16).ok());
    first.map_or_else(|| id.to_owned(), |number| number.to_string())
}

/// The service's name, which is not its code of the price list.
pub(super) fn service(product: &Product) -> &str {
    match (product, product.service()) {
        (Product::Instance(_) | Product::Room(_) | Product::Spot { .. } | Product::Host { .. }, _) => EC2_COMPUTE,
        (_, "AmazonEC2") => "EC2 - Other",
        (_, "AmazonECS") => "Amazon Elastic Container Service",
        (_, "AmazonSNS") => "Amazon Simple Notification Service",
        (_, "AmazonVPC") => "Amazon Virtual Private Cloud",
        (_, "AWSELB") => "Amazon Elastic Load Balancing",
        (_, "AWSLambda") => "AWS Lambda",
        (_, "AWSQueueService") => "Amazon Simple Queue Service",
        (_, other) => other,
    }
}
