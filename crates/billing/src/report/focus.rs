//! Every charge as a row of the FinOps Open Cost and Usage Specification, version 1.2 (<https://focus.finops.org>): CSV with
//! a head. Costs are in USD; `BilledCost` is what an invoice has, `EffectiveCost` spreads what was paid upfront.

use std::io::Write;

use csv::Result;
use rust_decimal::Decimal;

use crate::bill::{Bill, Described};
use crate::engine::{Charge, Hour, Pays, Product, Reservation, SavingsPlan};

const COLUMNS: [&str; 36] = [
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "ResourceId",
    "ServiceCategory",
    "ServiceName",
    "SkuId",
    "SubAccountId",
    "Tags",
    "x_UsageType",
];
/// Who runs the region, and bills.
const PROVIDER: &str = "Freehold";
const DIGITS: u32 = 10;

/// Writes the charges of a period, hour by hour.
///
/// # Errors
/// Those of the writer.
pub fn focus(bill: &Bill, from: Hour, to: Hour, payer: &str, out: impl Write) -> Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(COLUMNS)?;
    for (hour, charges) in bill.hours(from, to) {
        for charge in &charges {
            usage(bill, hour, charge, payer, &mut out)?;
        }
        if bill.is_to_come(hour) {
            continue;
        }
        for reservation in bill.biller().reservations() {
            let is_in_force = reservation.is_in_force(hour);
            let hourly =
                if is_in_force { reservation.hourly * Decimal::from(reservation.count) } else { Decimal::ZERO };
            purchase(hour, &Commitment::of_reservation(reservation), (reservation.paid, hourly), payer, &mut out)?;
        }
        for plan in bill.biller().plans().iter().filter(|one| one.is_in_force(hour)) {
            purchase(hour, &Commitment::of_plan(plan), (plan.upfront, plan.recurring()), payer, &mut out)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// What rows say of a commitment.
struct Commitment<'a> {
    id: &'a str,
    account: &'a str,
    start: Hour,
    /// *CommitmentDiscountCategory*: `Usage` or `Spend`.
    category: &'static str,
    kind: &'static str,
    service: &'static str,
}

impl<'a> Commitment<'a> {
    fn of_reservation(one: &'a Reservation) -> Self {
        let (category, kind, service) = ("Usage", "Reserved Instances", "AmazonEC2");
        Self { id: &one.id, account: &one.account, start: one.start, category, kind, service }
    }

    fn of_plan(one: &'a SavingsPlan) -> Self {
        let (category, kind, service) = ("Spend", "Savings Plans", "ComputeSavingsPlans");
        Self { id: &one.id, account: &one.account, start: one.start, category, kind, service }
    }
}

fn usage(bill: &Bill, hour: Hour, charge: &Charge, payer: &str, out: &mut csv::Writer<impl Write>) -> Result<()> {
    let product = charge.product.map(|at| &bill.biller().products()[at]);
    let described = product.map(Described::of);
    let list_price = charge.product.map(|at| bill.biller().on_demand(at));
    let (commitment, status) = match charge.pays {
        Pays::OnDemand => (None, ""),
        Pays::Reservation(at) => (Some(Commitment::of_reservation(&bill.biller().reservations()[at])), "Used"),
        Pays::UnusedReservation(at) => (Some(Commitment::of_reservation(&bill.biller().reservations()[at])), "Unused"),
        Pays::SavingsPlan(at) => (Some(Commitment::of_plan(&bill.biller().plans()[at])), "Used"),
        Pays::UnusedSavingsPlan(at) => (Some(Commitment::of_plan(&bill.biller().plans()[at])), "Unused"),
    };
    let billed = if commitment.is_some() { Decimal::ZERO } else { charge.amortized };
    let pricing = match (&commitment, product) {
        (Some(_), _) => "Committed",
        (None, Some(Product::Spot { .. })) => "Dynamic",
        (None, _) => "Standard",
    };
    let service = product.map_or_else(|| commitment.as_ref().map_or("", |one| one.service), Product::service);
    let usage_type = described.as_ref().map_or("", |described| &*described.usage_type);
    let unit = described.as_ref().map_or("", |described| described.unit);
    let quantity = if product.is_some() { number(charge.quantity) } else { String::new() };
    let price = list_price.map(number).unwrap_or_default();
    let description = match (&commitment, status) {
        (Some(one), "Unused") => format!("{}, unused", one.kind),
        (Some(one), _) => format!("{usage_type} covered by {}", one.kind),
        _ => usage_type.to_owned(),
    };
    let row = Row {
        billed,
        effective: charge.amortized,
        list: charge.on_demand,
        hour,
        payer,
        account: &charge.account,
        category: "Usage",
        description: &description,
        frequency: "Usage-Based",
        commitment: commitment.as_ref(),
        status,
        quantity: &quantity,
        unit,
        price: &price,
        pricing,
        region: product.map_or("", |product| product.region()),
        resource: if product.is_some() { &charge.resource } else { "" },
        service,
        usage_type,
        tags: &tags(bill, charge),
    };
    row.write(out)
}

/// What a commitment costs in this hour, whether it is used or not.
fn purchase(
    hour: Hour,
    commitment: &Commitment<'_>,
    (upfront, hourly): (Decimal, Decimal),
    payer: &str,
    out: &mut csv::Writer<impl Write>,
) -> Result<()> {
    let row = |billed, description: &str, frequency, out: &mut _| {
        let row = Row {
            billed,
            effective: Decimal::ZERO,
            list: billed,
            hour,
            payer,
            account: commitment.account,
            category: "Purchase",
            description,
            frequency,
            commitment: Some(commitment),
            status: "",
            quantity: "",
            unit: "",
            price: "",
            pricing: "Committed",
            region: "",
            resource: commitment.id,
            service: commitment.service,
            usage_type: "",
            tags: "{}",
        };
        row.write(out)
    };
    if hour == commitment.start && !upfront.is_zero() {
        row(upfront, &format!("{}, upfront fee", commitment.kind), "One-Time", out)?;
    }
    if !hourly.is_zero() {
        row(hourly, &format!("{}, hourly fee", commitment.kind), "Recurring", out)?;
    }
    Ok(())
}

struct Row<'a> {
    billed: Decimal,
    effective: Decimal,
    list: Decimal,
    hour: Hour,
    payer: &'a str,
    account: &'a str,
    category: &'a str,
    description: &'a str,
    frequency: &'a str,
    commitment: Option<&'a Commitment<'a>>,
    status: &'a str,
    quantity: &'a str,
    unit: &'a str,
    price: &'a str,
    pricing: &'a str,
    region: &'a str,
    resource: &'a str,
    service: &'a str,
    usage_type: &'a str,
    tags: &'a str,
}

impl Row<'_> {
    fn write(&self, out: &mut csv::Writer<impl Write>) -> Result<()> {
        let (month, next) = month_of(self.hour);
        let begin = time(self.hour);
        let end = time(self.hour.plus(1));
        let (billed, effective, list) = (number(self.billed), number(self.effective), number(self.list));
        let category = self.commitment.map_or("", |one| one.category);
        let id = self.commitment.map_or("", |one| one.id);
        let kind = self.commitment.map_or("", |one| one.kind);
        let service_category = match self.service {
            "AWSQueueService" | "AmazonSNS" => "Integration",
            "AmazonVPC" | "AWSELB" => "Networking",
            _ => "Compute",
        };
        out.write_record([
            &*billed,
            self.payer,
            "USD",
            &next,
            &month,
            self.category,
            "",
            self.description,
            self.frequency,
            &end,
            &begin,
            category,
            id,
            self.status,
            kind,
            self.quantity,
            self.unit,
            &list,
            self.price,
            &effective,
            PROVIDER,
            &list,
            self.price,
            self.pricing,
            self.quantity,
            self.unit,
            PROVIDER,
            PROVIDER,
            self.region,
            self.resource,
            service_category,
            self.service,
            self.usage_type,
            self.account,
            self.tags,
            self.usage_type,
        ])
    }
}

fn tags(bill: &Bill, charge: &Charge) -> String {
    let tags = bill.timeline().tags_of(&charge.resource);
    tags.and_then(|tags| serde_json::to_string(tags).ok()).unwrap_or_else(|| "{}".to_owned())
}

/// The beginning of the month that holds the hour, and of the next.
fn month_of(hour: Hour) -> (String, String) {
    let month = freehold_metering::Month::of(hour.start());
    (format!("{month}-01T00:00:00Z"), format!("{}-01T00:00:00Z", month.next()))
}

fn time(hour: Hour) -> String {
    hour.start().strftime("%Y-%m-%dT%H:00:00Z").to_string()
}

fn number(amount: Decimal) -> String {
    amount.round_dp(DIGITS).normalize().to_string()
}
