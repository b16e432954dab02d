//! A row and its columns.

use std::io::Write;

use csv::Result;
use rust_decimal::Decimal;

use super::names;
use crate::engine::Hour;

/// Those of version 1.2 in the order of their names, but for what has no meaning here: kinds of accounts, invoices and
/// currencies, of which there is one each.
pub const COLUMNS: [&str; 51] = [
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
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
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "Tags",
    "x_UsageType",
];

/// Who runs the region, and bills.
const PROVIDER: &str = "Freehold";
const DIGITS: u32 = 10;

/// One charge.
pub struct Row {
    pub hour: Hour,
    pub payer: String,
    /// Whose it is.
    pub account: String,
    /// *ChargeCategory*: `Usage` or `Purchase`.
    pub category: &'static str,
    pub frequency: &'static str,
    pub description: String,
    /// USD on the invoice.
    pub billed: Decimal,
    /// USD with shares of what was paid upfront.
    pub effective: Decimal,
    /// USD without commitments.
    pub list: Decimal,
    pub commitment: Option<Part>,
    /// Of the commitment: `Used`, `Unused`, or nothing.
    pub status: &'static str,
    /// *PricingCategory*
    pub pricing: &'static str,
    /// So much of a unit.
    pub consumed: Option<(Decimal, &'static str)>,
    pub priced: Option<(Decimal, &'static str)>,
    /// USD for such a unit.
    pub price: Option<Decimal>,
    pub sku: String,
    pub price_id: String,
    /// *SkuPriceDetails*
    pub details: Option<String>,
    pub region: String,
    pub zone: String,
    pub resource: String,
    pub resource_type: &'static str,
    /// Of its tag `Name`.
    pub resource_name: String,
    /// A Capacity Reservation with room that nobody used.
    pub room: Option<String>,
    pub service: String,
    pub usage_type: String,
    /// JSON.
    pub tags: Option<String>,
}

/// A part of a commitment.
#[derive(Default)]
pub struct Part {
    pub id: String,
    /// *CommitmentDiscountCategory*: `Usage` or `Spend`.
    pub category: &'static str,
    pub kind: &'static str,
    pub quantity: Decimal,
    pub unit: &'static str,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            hour: Hour(0),
            payer: String::new(),
            account: String::new(),
            category: "",
            frequency: "",
            description: String::new(),
            billed: Decimal::ZERO,
            effective: Decimal::ZERO,
            list: Decimal::ZERO,
            commitment: None,
            status: "",
            pricing: "",
            consumed: None,
            priced: None,
            price: None,
            sku: String::new(),
            price_id: String::new(),
            details: None,
            region: String::new(),
            zone: String::new(),
            resource: String::new(),
            resource_type: "",
            resource_name: String::new(),
            room: None,
            service: String::new(),
            usage_type: String::new(),
            tags: None,
        }
    }
}

impl Row {
    pub fn write(&self, out: &mut csv::Writer<impl Write>) -> Result<()> {
        let (month, next) = month_of(self.hour);
        let (begin, end) = (time(self.hour), time(self.hour.plus(1)));
        let (billed, effective, list) = (number(self.billed), number(self.effective), number(self.list));
        let price = self.price.map(number).unwrap_or_default();
        let (consumed, priced) = (measured(self.consumed), measured(self.priced));
        let nothing = Part::default();
        let part = self.commitment.as_ref().unwrap_or(&nothing);
        let committed = if part.id.is_empty() { String::new() } else { number(part.quantity) };
        let (category, subcategory) = names::categories(&self.service);
        let meter = if self.usage_type.is_empty() { part.kind } else { &self.usage_type };
        out.write_record([
            &*self.zone,
            &billed,
            &self.payer,
            &self.payer,
            "USD",
            &next,
            &month,
            self.room.as_deref().unwrap_or_default(),
            if self.room.is_some() { "Unused" } else { "" },
            self.category,
            "",
            &self.description,
            self.frequency,
            &end,
            &begin,
            part.category,
            &part.id,
            "",
            &committed,
            self.status,
            part.kind,
            part.unit,
            &consumed.0,
            consumed.1,
            &list,
            &price,
            &effective,
            PROVIDER,
            &list,
            &price,
            self.pricing,
            &priced.0,
            priced.1,
            PROVIDER,
            PROVIDER,
            &self.region,
            names::region(&self.region),
            &self.resource,
            &self.resource_name,
            self.resource_type,
            category,
            &self.service,
            subcategory,
            &self.sku,
            meter,
            self.details.as_deref().unwrap_or_default(),
            &self.price_id,
            &self.account,
            &self.account,
            self.tags.as_deref().unwrap_or("{}"),
            &self.usage_type,
        ])
    }
}

/// The quantity, and its unit.
fn measured(said: Option<(Decimal, &'static str)>) -> (String, &'static str) {
    said.map_or((String::new(), ""), |(quantity, unit)| (number(quantity), unit))
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
