use std::collections::HashMap;

use freehold_metering::{Stretch, Tenancy, Used};
use rust_decimal::Decimal;

use super::focus;
use crate::bill::{Bill, Commitments, Timeline};
use crate::engine::tests::world::{instance_plan, reservation, usd};
use crate::engine::{Hour, Prices, Product, SavingsPlan};
use crate::sheet::{InstanceTypes, TypeFacts};

struct Types;

impl InstanceTypes for Types {
    fn find(&self, _: &str) -> Option<TypeFacts> {
        Some(TypeFacts { vcpus: 2, on_demand: None })
    }

    fn names(&self) -> Vec<String> {
        vec!["m5.large".into(), "m5.xlarge".into(), "c5.large".into()]
    }
}

/// Whatever it is costs ten cents for a unit, and seven with a plan.
struct Dimes;

impl Prices for Dimes {
    fn on_demand(&self, product: &Product) -> Decimal {
        match product {
            Product::Spot { usd_per_hour, .. } => *usd_per_hour,
            _ => usd("0.10"),
        }
    }

    fn plan_rate(&self, _: &SavingsPlan, _: &Product) -> Option<Decimal> {
        Some(usd("0.07"))
    }
}

type Record = HashMap<String, String>;

fn stretch(id: &str, used: Used) -> Stretch {
    let at = |second: i64| jiff::Timestamp::from_second(second).unwrap();
    let mut stretch = Stretch::new("111111111111", id, used, (at(0), at(3600)));
    stretch.tags.insert("Name".into(), format!("the {id}"));
    stretch
}

fn instance(kind: &str, spot_price: Option<&str>) -> Used {
    Used::Instance {
        instance_type: kind.into(),
        zone: "us-east-1a".into(),
        platform: "Linux/UNIX".into(),
        tenancy: Tenancy::Default,
        spot_price: spot_price.map(str::to_owned),
    }
}

/// The first hour of 1970: two m5.large are covered by a flexible m5.xlarge and one more by half of a plan; what is reserved
/// of other families has no use. By hand: 0.12 + 0.07 are effective for what is covered, and 0.50 - 0.07 of the plan is lost.
fn rows() -> Vec<Record> {
    let room = Used::Reserved {
        instance_type: "c5.large".into(),
        zone: "us-east-1b".into(),
        platform: "Linux/UNIX".into(),
        tenancy: Tenancy::Default,
        instances: 2,
    };
    let used = [
        stretch("i-1", instance("m5.large", None)),
        stretch("i-2", instance("m5.large", None)),
        stretch("i-3", instance("m5.large", None)),
        stretch("i-spot", instance("m5.large", Some("0.03"))),
        stretch("cr-1", room),
        stretch("vol-1", Used::Volume { volume_type: "gp3".into(), gib: 8 }),
        stretch("eni-1", Used::Address { is_idle: false }),
    ];
    let mut timeline = Timeline::default();
    used.iter().for_each(|one| timeline.add_stretch(one, &"us-east-1".into(), &Types));
    let upfront = crate::engine::Reservation {
        upfront: usd("525.60"),
        paid: usd("525.60"),
        hourly: usd("0.06"),
        ..reservation("m5.xlarge", 1)
    };
    let idle = reservation("r5.large", 2);
    let commitments = Commitments { reservations: vec![upfront, idle], plans: vec![instance_plan("m5", "0.50")] };
    let bill = Bill::new(timeline, commitments, &Dimes);
    let mut text = Vec::new();
    focus(&bill, Hour(0), Hour(1), "000000000000", &mut text).unwrap();
    csv::Reader::from_reader(&*text).deserialize().map(Result::unwrap).collect()
}

fn amount(row: &Record, column: &str) -> Decimal {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

fn sum<'a>(rows: impl Iterator<Item = &'a Record>, column: &str) -> Decimal {
    rows.map(|row| amount(row, column)).sum()
}

#[test]
fn every_row_keeps_what_the_specification_says_of_its_columns() {
    for row in &rows() {
        let is_usage = row["ChargeCategory"] == "Usage";
        let is_unused = row["CommitmentDiscountStatus"] == "Unused";
        for column in [
            "SkuId",
            "SkuPriceId",
            "SkuMeter",
            "PricingUnit",
            "PricingCategory",
            "ServiceSubcategory",
            "SubAccountName",
        ] {
            assert_ne!(row[column], "", "{column} of {row:?}");
        }
        for (price, cost) in [("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")] {
            let cost = amount(row, cost);
            assert!((amount(row, price) * amount(row, "PricingQuantity") - cost).abs() < usd("0.000001"), "{row:?}");
        }
        assert_eq!(row["ConsumedQuantity"].is_empty(), !is_usage || is_unused, "{row:?}");
        assert_eq!(row["ConsumedQuantity"].is_empty(), row["ConsumedUnit"].is_empty());
        let has_commitment = !row["CommitmentDiscountId"].is_empty();
        for column in ["CommitmentDiscountQuantity", "CommitmentDiscountUnit", "CommitmentDiscountCategory"] {
            assert_eq!(row[column].is_empty(), !has_commitment, "{column} of {row:?}");
        }
        assert_eq!(!row["CommitmentDiscountStatus"].is_empty(), has_commitment && is_usage, "{row:?}");
        assert_eq!(row["PricingCategory"] == "Committed", has_commitment && is_usage, "{row:?}");
        assert_eq!(row["ResourceId"].is_empty(), row["ResourceType"].is_empty(), "{row:?}");
        assert_eq!(row["RegionId"].is_empty(), row["RegionName"].is_empty(), "{row:?}");
        if !is_usage {
            assert_eq!(row["EffectiveCost"], "0");
        }
    }
}

#[test]
fn what_is_effective_of_commitments_is_what_they_cost() {
    let rows = rows();
    let of = |category: &'static str, id: &'static str| {
        rows.iter().filter(move |row| row["ChargeCategory"] == category && row["CommitmentDiscountId"] == id)
    };
    assert_eq!(sum(of("Usage", "ri-r5.large"), "EffectiveCost"), usd("0.12"));
    assert_eq!(sum(of("Purchase", "ri-r5.large"), "BilledCost"), usd("0.12"));
    assert_eq!(sum(of("Usage", "ri-m5.xlarge"), "EffectiveCost"), usd("0.12"));
    // An hour's fee, and the upfront fee for all 8,760 hours.
    assert_eq!(sum(of("Purchase", "ri-m5.xlarge"), "BilledCost"), usd("525.66"));
    assert_eq!(sum(of("Usage", "sp-m5-0.50"), "EffectiveCost"), usd("0.50"));
    assert_eq!(sum(of("Purchase", "sp-m5-0.50"), "BilledCost"), usd("0.50"));
}

#[test]
fn commitments_are_measured_by_what_can_be_used_of_them() {
    let rows = rows();
    let quantities = |id: &str| {
        let of = rows.iter().filter(|row| row["CommitmentDiscountId"] == id);
        let mut found: Vec<_> = of
            .map(|row| {
                (
                    row["ChargeFrequency"].clone(),
                    row["CommitmentDiscountStatus"].clone(),
                    amount(row, "CommitmentDiscountQuantity"),
                )
            })
            .collect();
        found.sort();
        found
    };
    let line = |frequency: &str, status: &str, quantity: &str| (frequency.to_owned(), status.to_owned(), usd(quantity));
    // Eight normalized units an hour: four for each m5.large.
    assert_eq!(
        quantities("ri-m5.xlarge"),
        [
            line("One-Time", "", "70080"),
            line("Recurring", "", "8"),
            line("Usage-Based", "Used", "4"),
            line("Usage-Based", "Used", "4"),
        ]
    );
    assert_eq!(
        quantities("sp-m5-0.50"),
        [line("Recurring", "", "0.50"), line("Usage-Based", "Unused", "0.43"), line("Usage-Based", "Used", "0.07")]
    );
}

#[test]
fn what_is_used_is_named() {
    let rows = rows();
    let find = |id: &str| rows.iter().find(|row| row["ResourceId"] == id).unwrap();
    let (on_demand, spot, room) = (find("i-1"), find("i-spot"), find("cr-1"));
    assert_eq!(on_demand["ResourceName"], "the i-1");
    assert_eq!((&*on_demand["ResourceType"], &*on_demand["AvailabilityZone"]), ("Instance", "us-east-1a"));
    assert_eq!(on_demand["RegionName"], "US East (N. Virginia)");
    assert!(on_demand["SkuPriceDetails"].contains(r#""InstanceType":"m5.large""#));
    // The same product at another price.
    assert_eq!(on_demand["SkuId"], spot["SkuId"]);
    assert_ne!(on_demand["SkuPriceId"], spot["SkuPriceId"]);
    assert_eq!((&*spot["PricingCategory"], &*spot["ListUnitPrice"]), ("Dynamic", "0.03"));
    assert_eq!((&*room["CapacityReservationId"], &*room["CapacityReservationStatus"]), ("cr-1", "Unused"));
    assert_eq!((&*find("vol-1")["ConsumedUnit"], &*find("eni-1")["ResourceType"]), ("GB-Months", "Network Interface"));
}
