//! What rows say of commitments.

use rust_decimal::Decimal;

use super::row::{Part, Row};
use crate::bill::sku;
use crate::engine::{Charge, Hour, Instance, Product, Reservation, SavingsPlan};

pub const RESERVED: &str = "Reserved Instances";
pub const PLANS: &str = "Savings Plans";

const HOURS: &str = "Hours";

/// A commitment that a row is about.
#[derive(Clone, Copy)]
pub enum Commitment<'a> {
    Reservation(&'a Reservation),
    Plan(&'a SavingsPlan),
}

impl<'a> Commitment<'a> {
    pub fn of_reservation(one: &'a Reservation) -> Self {
        Self::Reservation(one)
    }

    pub fn of_plan(one: &'a SavingsPlan) -> Self {
        Self::Plan(one)
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Reservation(_) => RESERVED,
            Self::Plan(_) => PLANS,
        }
    }

    /// What a charge takes of it: hours of instances, weighed where sizes are flexible, or USD.
    pub fn part(self, product: Option<&Product>, charge: &Charge) -> Part {
        let quantity = match self {
            Self::Reservation(one) => charge.quantity * product.map_or(one.own_weight(), |product| one.weight(product)),
            Self::Plan(_) => charge.amortized,
        };
        self.of(quantity)
    }

    fn of(self, quantity: Decimal) -> Part {
        match self {
            Self::Reservation(one) => Part {
                id: one.id.to_string(),
                category: "Usage",
                kind: RESERVED,
                quantity,
                unit: if one.is_flexible() { "Normalized Instance-Hours" } else { "Instance-Hours" },
            },
            Self::Plan(one) => Part { id: one.id.to_string(), category: "Spend", kind: PLANS, quantity, unit: "USD" },
        }
    }

    /// A row about the part that nobody used.
    pub fn unused(self, charge: &Charge, row: Row) -> Row {
        let (quantity, unit) = match self {
            Self::Reservation(_) => (charge.quantity, HOURS),
            Self::Plan(_) => (charge.amortized, "USD"),
        };
        // Its resource is nobody's.
        let named = Row { resource: String::new(), resource_type: "", ..self.named(row) };
        Row {
            description: format!("{}, unused", self.kind()),
            priced: Some((quantity, unit)),
            price: Some(Decimal::ZERO),
            ..named
        }
    }

    /// What is charged for it in this hour: at once, and again and again.
    pub fn fees(self, hour: Hour) -> Vec<Row> {
        let (start, upfront, hourly) = match self {
            Self::Reservation(one) => {
                let count = Decimal::from(one.count);
                let hourly = if one.is_in_force(hour) { one.hourly * count } else { Decimal::ZERO };
                (one.start, one.paid, hourly)
            }
            Self::Plan(one) => (one.start, one.upfront, one.recurring()),
        };
        let mut fees = Vec::new();
        if hour == start && !upfront.is_zero() {
            fees.push(self.fee("upfront", "One-Time", upfront, (Decimal::ONE, "Units"), self.whole()));
        }
        if !hourly.is_zero() {
            fees.push(self.fee("hourly", "Recurring", hourly, self.billed_hours(), self.each_hour()));
        }
        fees
    }

    fn fee(
        self,
        what: &str,
        frequency: &'static str,
        billed: Decimal,
        priced: (Decimal, &'static str),
        eligible: Decimal,
    ) -> Row {
        let row = self.named(Row::default());
        Row {
            category: "Purchase",
            frequency,
            description: format!("{}, {what} fee", self.kind()),
            billed,
            list: billed,
            pricing: "Standard",
            commitment: Some(self.of(eligible)),
            priced: Some(priced),
            price: Some(billed / priced.0),
            price_id: format!("{}.{what}", row.price_id),
            ..row
        }
    }

    fn billed_hours(self) -> (Decimal, &'static str) {
        match self {
            Self::Reservation(one) => (Decimal::from(one.count.max(1)), HOURS),
            Self::Plan(_) => (Decimal::ONE, HOURS),
        }
    }

    /// What can be used of it in an hour.
    fn each_hour(self) -> Decimal {
        match self {
            Self::Reservation(one) => one.capacity(),
            Self::Plan(one) => one.commitment,
        }
    }

    /// What can be used of it in its whole term.
    fn whole(self) -> Decimal {
        let hours = match self {
            Self::Reservation(one) => one.term_hours.into(),
            Self::Plan(one) => one.end.0 - one.start.0,
        };
        self.each_hour() * Decimal::from(hours)
    }

    fn named(self, row: Row) -> Row {
        match self {
            Self::Reservation(one) => {
                let Reservation { kind, region, platform, tenancy, .. } = one.clone();
                let instance = Instance { kind, region, zone: "".into(), platform, tenancy };
                Row {
                    account: one.account.to_string(),
                    resource: one.id.to_string(),
                    resource_type: "Reserved Instance",
                    sku: sku(&Product::Instance(instance)),
                    price_id: one.offering.to_string(),
                    region: one.region.to_string(),
                    service: "AmazonEC2".to_owned(),
                    ..row
                }
            }
            Self::Plan(one) => Row {
                account: one.account.to_string(),
                resource: one.id.to_string(),
                resource_type: "Savings Plan",
                sku: one.offering.to_string(),
                price_id: one.offering.to_string(),
                service: "ComputeSavingsPlans".to_owned(),
                ..row
            },
        }
    }
}
