use std::collections::BTreeMap;

use freehold_metering::{Stretch, Tenancy, Used};
use rust_decimal::Decimal;

use super::*;
use crate::engine::{Hour, Prices, Product, Region, SavingsPlan};
use crate::sheet::{InstanceTypes, TypeFacts};

/// Everything costs a dollar for a unit.
struct Dollar;

impl Prices for Dollar {
    fn on_demand(&self, _: &Product) -> Decimal {
        Decimal::ONE
    }

    fn plan_rate(&self, _: &SavingsPlan, _: &Product) -> Option<Decimal> {
        None
    }
}

/// The only type is `m5.large`.
struct OneType;

impl InstanceTypes for OneType {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        (name == "m5.large").then_some(TypeFacts { vcpus: 2, on_demand: None })
    }

    fn names(&self) -> Vec<String> {
        vec!["m5.large".to_owned()]
    }
}

fn region() -> Region {
    "us-east-1".into()
}

fn hour(text: &str) -> Hour {
    Hour::of(text.parse().unwrap())
}

fn instance(id: &str, from: &str, to: &str) -> Stretch {
    instance_of("111111111111", Tenancy::Default, id, from, to)
}

fn instance_of(account: &str, tenancy: Tenancy, id: &str, from: &str, to: &str) -> Stretch {
    let used = Used::Instance {
        instance_type: "m5.large".into(),
        zone: "us-east-1a".into(),
        platform: "Linux/UNIX".into(),
        tenancy,
        spot_price: None,
    };
    Stretch::new(account, id, used, (from.parse().unwrap(), to.parse().unwrap()))
}

fn bill(stretches: &[Stretch]) -> Bill {
    let mut timeline = Timeline::default();
    for stretch in stretches {
        timeline.add_stretch(stretch, &region(), &OneType);
    }
    Bill::new(timeline, Commitments::default(), &Dollar)
}

fn seconds_by(bill: &Bill, by: Dimension) -> BTreeMap<String, i64> {
    let groups = bill.group(hour("2026-11-01T00:00:00Z"), hour("2026-12-01T00:00:00Z"), &[by]);
    let seconds = |sums: Sums| i64::try_from((sums.quantity * Decimal::from(3600)).round()).unwrap();
    groups.into_iter().map(|(key, sums)| (key.concat(), seconds(sums))).collect()
}

#[test]
fn a_run_is_spread_over_the_hours_that_it_reaches_into() {
    let bill = bill(&[instance("i-1", "2026-11-30T10:30:00Z", "2026-11-30T12:00:10Z")]);
    let expected = [("2026-11-30T10:00:00Z", 1800), ("2026-11-30T11:00:00Z", 3600), ("2026-11-30T12:00:00Z", 10)];
    assert_eq!(seconds_by(&bill, Dimension::Hour), expected.map(|(hour, seconds)| (hour.to_owned(), seconds)).into());
}

#[test]
fn a_short_run_is_paid_for_a_minute_and_each_started_second() {
    let runs = [
        instance("i-1", "2026-11-30T10:00:00Z", "2026-11-30T10:00:01Z"),
        instance("i-2", "2026-11-30T10:00:00Z", "2026-11-30T10:01:01.5Z"),
        instance("i-3", "2026-11-30T10:59:50Z", "2026-11-30T10:59:55Z"),
    ];
    let bill = bill(&runs);
    let expected = [("i-1", 60), ("i-2", 62), ("i-3", 60)].map(|(id, seconds)| (id.to_owned(), seconds));
    assert_eq!(seconds_by(&bill, Dimension::Resource), expected.into());
}

#[test]
fn what_lies_outside_of_the_period_is_not_on_its_bill() {
    let bill = bill(&[instance("i-1", "2026-10-31T23:00:00Z", "2026-12-01T05:00:00Z")]);
    assert_eq!(seconds_by(&bill, Dimension::Resource), [("i-1".to_owned(), 30 * 24 * 3600)].into());
}

#[test]
fn a_volume_for_a_whole_month_is_its_size_in_gb_months() {
    for (from, to) in
        [("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"), ("2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z")]
    {
        let used = Used::Volume { volume_type: "gp3".into(), gib: 30 };
        let stretch = Stretch::new("111111111111", "vol-1", used, (from.parse().unwrap(), to.parse().unwrap()));
        let groups = bill(&[stretch]).group(hour(from), hour(to), &[Dimension::UsageType]);
        let (key, sums) = groups.into_iter().next().unwrap();
        assert_eq!(key, ["EBS:VolumeUsage.gp3"]);
        assert_eq!(sums.quantity.round_dp(20), Decimal::from(30));
    }
}

#[test]
fn usage_is_told_apart_by_tag() {
    let tagged = instance("i-1", "2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z").with_tags([("team", "blue")]);
    let bill = bill(&[tagged, instance("i-2", "2026-11-30T10:00:00Z", "2026-11-30T10:30:00Z")]);
    let expected = [("", 1800), ("blue", 3600)].map(|(tag, seconds)| (tag.to_owned(), seconds));
    assert_eq!(seconds_by(&bill, Dimension::Tag("team".into())), expected.into());
}

#[test]
fn an_hour_with_dedicated_instances_costs_each_account_one_fee() {
    use Tenancy::{Dedicated, Default, Host};
    let (one, two) = ("111111111111", "222222222222");
    let bill = bill(&[
        instance_of(one, Dedicated, "i-1", "2026-11-30T10:59:30Z", "2026-11-30T12:00:00Z"),
        instance_of(one, Dedicated, "i-2", "2026-11-30T10:00:00Z", "2026-11-30T10:10:00Z"),
        instance_of(one, Default, "i-3", "2026-11-30T08:00:00Z", "2026-11-30T20:00:00Z"),
        instance_of(one, Host, "i-4", "2026-11-30T08:00:00Z", "2026-11-30T20:00:00Z"),
        instance_of(two, Dedicated, "i-5", "2026-11-30T11:59:59Z", "2026-11-30T12:00:59Z"),
    ]);
    let by = [Dimension::UsageType, Dimension::Account, Dimension::Hour];
    let groups = bill.group(hour("2026-11-30T00:00:00Z"), hour("2026-12-01T00:00:00Z"), &by);
    let fees: Vec<_> = groups.iter().filter(|(key, _)| key[0] == "DedicatedRegionFee").collect();
    let hours: Vec<_> = fees.iter().map(|(key, _)| (&*key[1], &key[2][11..13])).collect();
    assert_eq!(hours, [(one, "10"), (one, "11"), (two, "11"), (two, "12")]);
    assert!(fees.iter().all(|(_, sums)| sums.quantity == Decimal::ONE && sums.amortized == Decimal::ONE));
}

#[test]
fn environments_that_are_kept_ready_are_paid_for_by_their_memory() {
    let used = Used::Concurrency { memory_mib: 1536, environments: 4 };
    let (from, to) = ("2026-11-30T10:30:00Z", "2026-11-30T11:30:00Z");
    let stretch = Stretch::new("111111111111", "arn:f:1", used, (from.parse().unwrap(), to.parse().unwrap()));
    let groups = bill(&[stretch]).group(hour(from), hour(to).plus(1), &[Dimension::UsageType, Dimension::Hour]);
    let amounts: Vec<_> = groups.into_iter().map(|(key, sums)| (key[0].clone(), sums.quantity)).collect();
    // 1.5 GB, four of them, half an hour each time.
    let half = ("Lambda-Provisioned-Concurrency".to_owned(), Decimal::from(10_800));
    assert_eq!(amounts, [half.clone(), half]);
}
