//! What a product costs (*Price List guide, Reading the service price list file: terms*).

use freehold_billing::bill::Described;
use freehold_billing::engine::{Instance, Platform, Product, Tenancy};
use freehold_billing::offers::{Class, Payment, ReservationOffer, Term};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::product::Listed;
use crate::{Costs, money};

/// AWS's codes of terms and of what is paid in them; all products have the same.
const ON_DEMAND: &str = "JRTCKXETXF";
const PER_UNIT: &str = "6YS6EN2CT7";
const AT_ONCE: &str = "2TG2D8R56U";

/// Of a reservation.
fn code(class: Class, term: Term, payment: Payment) -> &'static str {
    use Class::{Convertible, Standard};
    use Payment::{AllUpfront, NoUpfront, PartialUpfront};
    use Term::{OneYear, ThreeYears};
    match (class, term, payment) {
        (Standard, OneYear, NoUpfront) => "4NA7Y494T4",
        (Standard, OneYear, PartialUpfront) => "HU7G6KETJZ",
        (Standard, OneYear, AllUpfront) => "6QCMYABX3D",
        (Standard, ThreeYears, NoUpfront) => "BPH4J8HBKS",
        (Standard, ThreeYears, PartialUpfront) => "38NPMPTW36",
        (Standard, ThreeYears, AllUpfront) => "NQ3QZPMQV9",
        (Convertible, OneYear, NoUpfront) => "7NE97W5U4E",
        (Convertible, OneYear, PartialUpfront) => "CUZHX8X6JH",
        (Convertible, OneYear, AllUpfront) => "VJWZNREJX2",
        (Convertible, ThreeYears, NoUpfront) => "Z2E3P23VKM",
        (Convertible, ThreeYears, PartialUpfront) => "R5XV2EPZQZ",
        (Convertible, ThreeYears, AllUpfront) => "MZU6U2429S",
    }
}

/// One price of a term.
struct Dimension {
    code: &'static str,
    unit: &'static str,
    description: String,
    usd: String,
}

impl Costs {
    /// A product of the price list with its prices; `None` for what has none.
    pub(super) fn price_list_item(&self, product: &Product, listed: &Listed) -> Option<Value> {
        let each = self.ledger.sheet().list_price(product)?;
        let date = self.ledger.sheet().date();
        let service = product.service();
        let Listed { sku, family, attributes, .. } = listed;
        let mut terms = Map::new();
        let on_demand = [self.on_demand(product, each)];
        terms.insert(
            "OnDemand".into(),
            json!({ key(sku, ON_DEMAND): self.term(sku, ON_DEMAND, &on_demand, json!({})) }),
        );
        let reserved = self.reserved(product, sku);
        if !reserved.is_empty() {
            terms.insert("Reserved".into(), Value::Object(reserved));
        }
        Some(json!({
            "product": { "productFamily": family, "attributes": attributes, "sku": sku },
            "serviceCode": service,
            "terms": terms,
            "version": date.replace('-', "") + "000000",
            "publicationDate": format!("{date}T00:00:00Z"),
        }))
    }

    fn on_demand(&self, product: &Product, each: Decimal) -> Dimension {
        let Described { unit, usage_type } = Described::of(product);
        let usd = money::listed(each);
        let description = match product {
            Product::Room(Instance { kind, platform, .. }) => {
                format!("${} per Unused Reservation {platform} {kind} Instance Hour", money::plain(each))
            }
            Product::Instance(instance) => {
                let Instance { kind, platform, tenancy, .. } = instance;
                let tenancy = if *tenancy == Tenancy::Dedicated { "Dedicated Usage" } else { "On Demand" };
                format!("${} per {tenancy} {platform} {kind} Instance Hour", money::plain(each))
            }
            _ => format!("${} per {unit} of {usage_type}", money::plain(each)),
        };
        Dimension { code: PER_UNIT, unit, description, usd }
    }

    /// Of what can be reserved: instances that run Linux.
    fn reserved(&self, product: &Product, sku: &str) -> Map<String, Value> {
        let mut found = Map::new();
        let Product::Instance(Instance { kind, platform: Platform::Linux, tenancy, .. }) = product else {
            return found;
        };
        for class in Class::ALL {
            for term in Term::ALL {
                for payment in Payment::ALL {
                    let (instance_type, zone, tenancy) = (kind.to_string(), None, *tenancy);
                    let offer = ReservationOffer { instance_type, zone, tenancy, class, term, payment };
                    let Some(price) = offer.price(self.ledger.sheet(), self.ledger.region()) else { continue };
                    let hourly = Dimension {
                        code: PER_UNIT,
                        unit: "Hrs",
                        description: format!("Linux/UNIX (Amazon VPC), {kind} reserved instance applied"),
                        usd: money::listed(price.hourly),
                    };
                    let upfront = Dimension {
                        code: AT_ONCE,
                        unit: "Quantity",
                        description: "Upfront Fee".to_owned(),
                        usd: money::plain(price.upfront),
                    };
                    let attributes = json!({
                        "LeaseContractLength": format!("{}yr", term.years()),
                        "OfferingClass": class.name(),
                        "PurchaseOption": payment.name(),
                    });
                    let dimensions: Vec<_> = match payment {
                        Payment::NoUpfront => vec![hourly],
                        _ => vec![upfront, hourly],
                    };
                    let code = code(class, term, payment);
                    found.insert(key(sku, code), self.term(sku, code, &dimensions, attributes));
                }
            }
        }
        found
    }

    fn term(&self, sku: &str, code: &str, dimensions: &[Dimension], attributes: Value) -> Value {
        let mut prices = Map::new();
        for Dimension { code: of, unit, description, usd } in dimensions {
            let rate_code = format!("{sku}.{code}.{of}");
            let mut price = json!({
                "unit": unit,
                "description": description,
                "appliesTo": [],
                "rateCode": rate_code,
                "pricePerUnit": { "USD": usd },
            });
            // What is paid once has no range.
            if *of == PER_UNIT {
                price["beginRange"] = json!("0");
                price["endRange"] = json!("Inf");
            }
            prices.insert(rate_code, price);
        }
        json!({
            "priceDimensions": prices,
            "sku": sku,
            "effectiveDate": format!("{}T00:00:00Z", self.ledger.sheet().date()),
            "offerTermCode": code,
            "termAttributes": attributes,
        })
    }
}

fn key(sku: &str, code: &str) -> String {
    format!("{sku}.{code}")
}
