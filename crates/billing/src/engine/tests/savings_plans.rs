//! Worked by hand from *Savings Plans user guide, How Savings Plans apply to your usage*.

use rust_decimal::Decimal;

use super::world::{ACCOUNT, OTHER_ACCOUNT, World, compute_plan, instance_plan, linux, usd};
use crate::engine::{Hour, Instance, InstanceType, Pays, Platform, Product, SavingsPlan, Tenancy};

/// Savings of a Compute plan: c5 20 %, m5 30 %, r5 30 %, of which m5 has the lower rate.
fn world() -> World {
    World::default()
        .price(linux("c5.large"), "0.10", "0.08", "0.06")
        .price(linux("m5.large"), "0.10", "0.07", "0.05")
        .price(linux("r5.large"), "0.20", "0.14", "0.10")
}

#[test]
fn the_highest_saving_comes_first_and_the_lowest_rate_on_ties() {
    let world = || world().uses(&linux("c5.large"), "1").uses(&linux("r5.large"), "1").uses(&linux("m5.large"), "1");
    let paid = |commitment: &str| {
        let bill = world().commits(compute_plan(commitment)).bill();
        ["m5.large", "r5.large", "c5.large"].map(|kind| bill.paid(&linux(kind), Pays::SavingsPlan(0)))
    };
    assert_eq!(paid("0.07"), ["1", "0", "0"].map(usd));
    assert_eq!(paid("0.14"), ["1", "0.5", "0"].map(usd));
    assert_eq!(paid("0.25"), ["1", "1", "0.5"].map(usd));
}

#[test]
fn a_plan_larger_than_the_usage_is_billed_whole() {
    let bill = world().uses(&linux("m5.large"), "1").commits(compute_plan("1")).bill();
    assert_eq!((bill.total(), bill.unused(), bill.metered()), (usd("1"), usd("0.93"), Decimal::ZERO));
}

#[test]
fn a_partial_hour_takes_a_part_of_the_commitment() {
    let bill = world().uses(&linux("m5.large"), "0.25").commits(compute_plan("0.07")).bill();
    assert_eq!((bill.unused(), bill.metered()), (usd("0.0525"), Decimal::ZERO));
}

#[test]
fn overlapping_plans_add_up() {
    // 0.05 + 0.05 an hour of one family buy two; a third is for the Compute plan.
    let bill = world()
        .uses(&linux("m5.large"), "4")
        .commits(instance_plan("m5", "0.05"))
        .commits(SavingsPlan { id: "sp-later".into(), start: Hour(-5), ..instance_plan("m5", "0.05") })
        .commits(compute_plan("0.07"))
        .bill();
    assert_eq!([0, 1, 2].map(|at| bill.paid(&linux("m5.large"), Pays::SavingsPlan(at))), ["1", "1", "1"].map(usd));
    assert_eq!(bill.metered(), usd("0.10"));
}

#[test]
fn a_plan_for_a_family_pays_for_no_other() {
    let bill = world().uses(&linux("c5.large"), "1").commits(instance_plan("m5", "0.05")).bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("0.10"), usd("0.05")));
}

#[test]
fn a_plan_for_a_family_pays_for_all_of_its_kinds_in_one_region() {
    let kind = |region: &str, platform, tenancy| {
        let kind = InstanceType::parse("m5.4xlarge", 16).unwrap();
        Product::Instance(Instance {
            kind,
            region: region.into(),
            zone: format!("{region}c").into(),
            platform,
            tenancy,
        })
    };
    let here = kind("us-east-1", Platform::Other("Windows".into()), Tenancy::Dedicated);
    let elsewhere = kind("eu-west-1", Platform::Linux, Tenancy::Shared);
    let world = || world().price(here.clone(), "2", "1.8", "1.5").price(elsewhere.clone(), "2", "1.8", "1.5");
    assert_eq!(world().uses(&here, "1").commits(instance_plan("m5", "1.5")).bill().metered(), Decimal::ZERO);
    assert_eq!(world().uses(&elsewhere, "1").commits(instance_plan("m5", "1.5")).bill().metered(), usd("2"));
    assert_eq!(world().uses(&elsewhere, "1").commits(compute_plan("1.8")).bill().metered(), Decimal::ZERO);
}

#[test]
fn a_plan_that_expires_in_the_middle_of_the_month_leaves_the_rest_to_on_demand() {
    let plan = SavingsPlan { end: Hour(360), ..compute_plan("0.07") };
    let world = world().uses(&linux("m5.large"), "1").commits(plan);
    let month: Decimal = (0..720).map(|hour| world.bill_at(Hour(hour)).total()).sum();
    assert_eq!(month, usd("0.07") * usd("360") + usd("0.10") * usd("360"));
}

#[test]
fn spot_instances_are_left_alone() {
    let Product::Instance(instance) = linux("m5.large") else { unreachable!() };
    let spot = Product::Spot { instance, usd_per_hour: usd("0.03") };
    let bill =
        world().price(spot.clone(), "0.03", "0.01", "0.01").uses(&spot, "1").commits(compute_plan("0.07")).bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("0.03"), usd("0.07")));
}

#[test]
fn the_owners_usage_comes_first_even_where_another_saves_more() {
    let bill = world()
        .used_by(OTHER_ACCOUNT, &linux("m5.large"), "1")
        .used_by(ACCOUNT, &linux("c5.large"), "1")
        .commits(compute_plan("0.115"))
        .bill();
    assert_eq!(bill.paid_for(ACCOUNT, Pays::SavingsPlan(0)), usd("1"));
    assert_eq!(bill.paid_for(OTHER_ACCOUNT, Pays::SavingsPlan(0)), usd("0.5"));
}

#[test]
fn what_was_paid_upfront_is_not_charged_again_each_hour() {
    let partial = SavingsPlan { upfront: usd("438"), ..compute_plan("0.10") };
    assert_eq!(partial.recurring(), usd("0.05"));
    let all = SavingsPlan { upfront: usd("876"), ..partial };
    assert_eq!(all.recurring(), Decimal::ZERO);
}
