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

/// Costs by usage type, rounded to millionths.
fn costs(bill: &Bill, from: &str, to: &str) -> BTreeMap<String, Decimal> {
    let groups = bill.group(hour(from), hour(to), &[Dimension::UsageType]);
    groups.into_iter().map(|(key, sums)| (key.concat(), sums.amortized.round_dp(6).normalize())).collect()
}

fn volume(gib: u32, from: &str, to: &str) -> Stretch {
    let used = Used::Volume { volume_type: "gp3".into(), gib };
    Stretch::new("111111111111", "vol-1", used, (from.parse().unwrap(), to.parse().unwrap()))
}

#[test]
fn a_day_of_a_volume_costs_more_in_a_short_month() {
    // At a dollar for a GB-month: 28 GB for one day of 28, and for one of 31.
    for (from, to, cost) in [
        ("2027-02-10T00:00:00Z", "2027-02-11T00:00:00Z", "1"),
        ("2027-03-10T00:00:00Z", "2027-03-11T00:00:00Z", "0.903226"),
        // The last half of February and the first half of March, by half of their days: 14/28 and 15.5/31.
        ("2027-02-15T00:00:00Z", "2027-03-16T12:00:00Z", "28"),
    ] {
        let bill = bill(&[volume(28, from, to)]);
        let found = costs(&bill, "2027-02-01T00:00:00Z", "2027-04-01T00:00:00Z");
        assert_eq!(found, [("EBS:VolumeUsage.gp3".to_owned(), cost.parse().unwrap())].into(), "{from}");
    }
}

#[test]
fn the_disk_of_a_stopped_instance_is_paid_for_and_so_is_an_address_that_nobody_uses() {
    let (from, to) = ("2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z");
    let address = |is_idle, from: &str, to: &str| {
        let times = (from.parse().unwrap(), to.parse().unwrap());
        Stretch::new("111111111111", "eipalloc-1", Used::Address { is_idle }, times)
    };
    let bill = bill(&[
        instance("i-1", from, "2027-02-01T10:00:00Z"),
        volume(8, from, to),
        address(false, from, "2027-02-01T10:00:00Z"),
        address(true, "2027-02-01T10:00:00Z", to),
    ]);
    // Ten hours of the instance and its address; 672 hours of February less ten of an idle one.
    let expected = [
        ("BoxUsage:m5.large", 10),
        ("EBS:VolumeUsage.gp3", 8),
        ("PublicIPv4:IdleAddress", 662),
        ("PublicIPv4:InUseAddress", 10),
    ];
    assert_eq!(costs(&bill, from, to), expected.map(|(usage, cost)| (usage.to_owned(), Decimal::from(cost))).into());
}

#[test]
fn a_capacity_reservation_is_billed_by_the_second() {
    // The guide's example: 24 hours and 15 minutes are 24.25 hours of each instance.
    let room = Used::Reserved {
        instance_type: "m5.large".into(),
        zone: "us-east-1a".into(),
        platform: "Linux/UNIX".into(),
        tenancy: Tenancy::Default,
        instances: 2,
    };
    let times = ("2027-02-01T00:00:00Z".parse().unwrap(), "2027-02-02T00:15:00Z".parse().unwrap());
    let bill = bill(&[Stretch::new("111111111111", "cr-1", room, times)]);
    let found = costs(&bill, "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z");
    assert_eq!(found, [("UnusedBox:m5.large".to_owned(), Decimal::new(485, 1))].into());
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
