//! Several commitments at once, worked by hand from *EC2 user guide, How Reserved Instance discounts are applied* and
//! *Savings Plans user guide, How Savings Plans apply to your usage*.

use rust_decimal::Decimal;

use super::world::{
    ACCOUNT, OTHER_ACCOUNT, World, compute_plan, instance_plan, linux, linux_in, reservation, usd, zonal,
};
use crate::engine::{Hour, Pays, Reservation, SavingsPlan};

/// An m5.large costs 0.10 an hour, 0.07 with a Compute plan and 0.05 with one for its family.
fn world() -> World {
    let sizes = [
        ("large", ["0.10", "0.07", "0.05"]),
        ("xlarge", ["0.20", "0.14", "0.10"]),
        ("2xlarge", ["0.40", "0.28", "0.20"]),
    ];
    sizes.into_iter().fold(World::default(), |world, (size, [on_demand, compute, of_family])| {
        let kind = format!("m5.{size}");
        ["us-east-1a", "us-east-1b"]
            .into_iter()
            .fold(world, |world, zone| world.price(linux_in(&kind, zone), on_demand, compute, of_family))
    })
}

#[test]
fn parts_of_hours_of_several_sizes_share_the_units_of_one_reservation() {
    // 8 units. A quarter of an hour of a 2xlarge is 4, half an hour of a large is 2: a quarter of it is left.
    let bill = world()
        .uses(&linux("m5.2xlarge"), "0.25")
        .uses(&linux("m5.large"), "0.5")
        .reserves(reservation("m5.xlarge", 1))
        .bill();
    assert_eq!((bill.metered(), bill.unused(), bill.total()), (Decimal::ZERO, usd("0.015"), usd("0.06")));
}

#[test]
fn one_of_the_zone_and_one_of_the_region_share_a_family() {
    // The zonal one pays for its large; the regional one for half of the xlarge in the other zone.
    let (inside, outside) = (linux_in("m5.large", "us-east-1a"), linux_in("m5.xlarge", "us-east-1b"));
    let bill = world()
        .uses(&outside, "1")
        .uses(&inside, "1")
        .reserves(reservation("m5.large", 1))
        .reserves(zonal("m5.large", 1, "us-east-1a"))
        .bill();
    assert_eq!(
        (bill.paid(&inside, Pays::Reservation(1)), bill.paid(&outside, Pays::Reservation(0))),
        (usd("1"), usd("0.5"))
    );
    assert_eq!((bill.metered(), bill.total()), (usd("0.10"), usd("0.22")));
}

#[test]
fn the_regional_one_is_idle_where_the_zonal_one_pays_for_all() {
    let bill = world()
        .uses(&linux("m5.large"), "1")
        .reserves(reservation("m5.large", 1))
        .reserves(zonal("m5.large", 1, "us-east-1a"))
        .bill();
    assert_eq!((bill.metered(), bill.unused()), (Decimal::ZERO, usd("0.06")));
    assert_eq!(bill.paid(&linux("m5.large"), Pays::Reservation(0)), Decimal::ZERO);
}

#[test]
fn one_reserved_hour_is_one_hour_however_many_run_at_once() {
    // Four for half an hour each are two hours, of which one is paid for.
    let uses = (0..4).fold(world(), |world, _| world.uses(&linux("m5.large"), "0.5"));
    let bill = uses.reserves(reservation("m5.large", 1)).bill();
    assert_eq!((bill.metered(), bill.total()), (usd("0.10"), usd("0.16")));
}

#[test]
fn reservations_pay_before_plans_that_save_more() {
    // The plan for the family would save half of the price, and has nothing left to pay for.
    let bill = world()
        .uses(&linux("m5.large"), "1")
        .reserves(reservation("m5.large", 1))
        .commits(instance_plan("m5", "0.05"))
        .bill();
    assert_eq!((bill.metered(), bill.unused(), bill.total()), (Decimal::ZERO, usd("0.05"), usd("0.11")));
}

#[test]
fn what_a_reservation_leaves_of_an_instance_goes_to_plans() {
    // Half of the xlarge; the other half costs 0.05 with the plan for the family, of which there is 0.03: 0.3 of an hour.
    // What is left of it is 0.2 of an hour, at 0.14 with the Compute plan 0.028 of its 0.03.
    let bill = world()
        .uses(&linux("m5.xlarge"), "1")
        .reserves(reservation("m5.large", 1))
        .commits(instance_plan("m5", "0.03"))
        .commits(compute_plan("0.03"))
        .bill();
    let paid = [Pays::Reservation(0), Pays::SavingsPlan(0), Pays::SavingsPlan(1)];
    assert_eq!(paid.map(|pays| bill.paid(&linux("m5.xlarge"), pays)), ["0.5", "0.3", "0.2"].map(usd));
    assert_eq!((bill.metered(), bill.unused(), bill.total()), (Decimal::ZERO, usd("0.002"), usd("0.12")));
}

#[test]
fn the_owners_large_instance_comes_before_a_small_one_of_another_account() {
    let bill = world()
        .used_by(OTHER_ACCOUNT, &linux("m5.large"), "1")
        .uses(&linux("m5.xlarge"), "1")
        .reserves(reservation("m5.large", 1))
        .bill();
    assert_eq!(bill.paid_for(ACCOUNT, Pays::Reservation(0)), usd("0.5"));
    assert_eq!((bill.paid_for(OTHER_ACCOUNT, Pays::Reservation(0)), bill.metered()), (Decimal::ZERO, usd("0.20")));
}

#[test]
fn a_zonal_one_is_shared_in_its_zone() {
    let elsewhere = linux_in("m5.large", "us-east-1b");
    let bill = world()
        .used_by(OTHER_ACCOUNT, &elsewhere, "1")
        .used_by(OTHER_ACCOUNT, &linux("m5.large"), "1")
        .reserves(zonal("m5.large", 2, "us-east-1a"))
        .bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("0.10"), usd("0.06")));
}

#[test]
fn of_two_of_one_kind_the_older_is_used_up_first() {
    let older = Reservation { id: "ri-older".into(), start: Hour(-10), ..reservation("m5.large", 1) };
    let bill = world().uses(&linux("m5.large"), "1.5").reserves(reservation("m5.large", 1)).reserves(older).bill();
    let paid = [Pays::Reservation(1), Pays::Reservation(0)].map(|pays| bill.paid(&linux("m5.large"), pays));
    assert_eq!((paid, bill.unused()), (["1", "0.5"].map(usd), usd("0.03")));
}

#[test]
fn a_queued_plan_pays_from_its_first_hour() {
    let plan = SavingsPlan { start: Hour(10), end: Hour(20), ..compute_plan("0.07") };
    let world = world().uses(&linux("m5.large"), "1").commits(plan);
    let totals = [9, 10, 19, 20].map(|hour| world.bill_at(Hour(hour)).total());
    assert_eq!(totals, ["0.10", "0.07", "0.07", "0.10"].map(usd));
}

#[test]
fn one_that_is_modified_in_mid_month_is_paid_for_once_in_each_hour() {
    // Ten hours as one xlarge in the region, and then as two large of a zone, at half the price each.
    let before = Reservation { end: Hour(10), hourly: usd("0.12"), ..reservation("m5.xlarge", 1) };
    let after = Reservation { start: Hour(10), ..zonal("m5.large", 2, "us-east-1b") };
    let there = linux_in("m5.large", "us-east-1b");
    let world = world().uses(&linux("m5.large"), "1").uses(&there, "1").reserves(before).reserves(after);
    let bills = [9, 10].map(|hour| world.bill_at(Hour(hour)));
    assert_eq!(bills.each_ref().map(|bill| bill.metered()), ["0", "0.10"].map(usd));
    assert_eq!(bills.each_ref().map(|bill| bill.unused()), ["0", "0.06"].map(usd));
    assert_eq!(bills.map(|bill| bill.total()), ["0.12", "0.22"].map(usd));
}
