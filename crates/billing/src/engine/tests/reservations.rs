//! Worked by hand from *EC2 user guide, How Reserved Instance discounts are applied*.

use rust_decimal::Decimal;

use super::world::{ACCOUNT, HOURS_A_YEAR, OTHER_ACCOUNT, World, instance, linux, linux_in, reservation, usd, zonal};
use crate::engine::{Hour, Pays, Platform, Reservation, Tenancy};

const RESERVED: Pays = Pays::Reservation(0);

fn world() -> World {
    let mut world = World::default();
    for (size, price) in
        [("nano", "0.00625"), ("medium", "0.05"), ("large", "0.10"), ("xlarge", "0.20"), ("2xlarge", "0.40")]
    {
        for zone in ["us-east-1a", "us-east-1b"] {
            world = world.price(linux_in(&format!("t2.{size}"), zone), price, "", "");
        }
    }
    world.price(linux("g5.xlarge"), "1", "", "").price(linux("g5.2xlarge"), "1.2", "", "")
}

#[test]
fn one_of_a_larger_size_pays_for_two_of_half_of_it() {
    // 1 large is 4 units, a medium is 2.
    let bill = world()
        .uses(&linux("t2.medium"), "1")
        .uses(&linux("t2.medium"), "1")
        .reserves(reservation("t2.large", 1))
        .bill();
    assert_eq!(bill.paid(&linux("t2.medium"), RESERVED), usd("2"));
    assert_eq!(bill.total(), usd("0.06"));
}

#[test]
fn one_of_a_smaller_size_pays_for_a_part() {
    // 1 medium is 2 units of the 4 of a large: half of it is left at 0.10 an hour.
    let bill = world().uses(&linux("t2.large"), "1").reserves(reservation("t2.medium", 1)).bill();
    assert_eq!(bill.paid(&linux("t2.large"), RESERVED), usd("0.5"));
    assert_eq!(bill.total(), usd("0.06") + usd("0.05"));
}

#[test]
fn the_smallest_size_is_paid_for_first() {
    // 2 units: 0.25 for the nano, 1.75 of the medium's 2; the large gets nothing.
    let bill = world()
        .uses(&linux("t2.large"), "1")
        .uses(&linux("t2.medium"), "1")
        .uses(&linux("t2.nano"), "1")
        .reserves(reservation("t2.medium", 1))
        .bill();
    assert_eq!(bill.paid(&linux("t2.nano"), RESERVED), usd("1"));
    assert_eq!(bill.paid(&linux("t2.medium"), RESERVED), usd("0.875"));
    assert_eq!(bill.paid(&linux("t2.large"), RESERVED), Decimal::ZERO);
}

#[test]
fn one_in_a_zone_pays_in_that_zone_only() {
    let there = linux_in("t2.large", "us-east-1b");
    let bill = world().uses(&there, "1").reserves(zonal("t2.large", 1, "us-east-1a")).bill();
    assert_eq!(bill.paid(&there, RESERVED), Decimal::ZERO);
    assert_eq!((bill.metered(), bill.unused()), (usd("0.10"), usd("0.06")));
    let bill = world().uses(&there, "1").reserves(zonal("t2.large", 1, "us-east-1b")).bill();
    assert_eq!((bill.metered(), bill.unused()), (Decimal::ZERO, Decimal::ZERO));
}

#[test]
fn one_in_a_zone_has_no_flexible_size() {
    let bill = world().uses(&linux("t2.medium"), "2").reserves(zonal("t2.large", 1, "us-east-1a")).bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("0.10"), usd("0.06")));
}

#[test]
fn those_in_a_zone_come_before_those_of_the_region() {
    // The zonal one takes the large; the regional one, bought earlier, is left with the medium and half unused.
    let regional = Reservation { start: Hour(-10), ..reservation("t2.large", 1) };
    let bill = world()
        .uses(&linux("t2.large"), "1")
        .uses(&linux("t2.medium"), "1")
        .reserves(regional)
        .reserves(zonal("t2.large", 1, "us-east-1a"))
        .bill();
    assert_eq!(bill.paid(&linux("t2.large"), Pays::Reservation(1)), usd("1"));
    assert_eq!(bill.paid(&linux("t2.medium"), Pays::Reservation(0)), usd("1"));
    assert_eq!((bill.metered(), bill.unused()), (Decimal::ZERO, usd("0.03")));
}

#[test]
fn windows_dedicated_and_some_families_stay_with_their_size() {
    let windows = instance("t2.medium", "us-east-1a", Platform::Other("Windows".into()), Tenancy::Shared);
    let dedicated = instance("t2.medium", "us-east-1a", Platform::Linux, Tenancy::Dedicated);
    let world = || world().price(windows.clone(), "0.07", "", "").price(dedicated.clone(), "0.06", "", "");
    let of_windows = Reservation { platform: Platform::Other("Windows".into()), ..reservation("t2.large", 1) };
    assert_eq!(world().uses(&windows, "1").reserves(of_windows.clone()).bill().metered(), usd("0.07"));
    let smaller = Reservation { kind: reservation("t2.medium", 1).kind, ..of_windows };
    assert_eq!(world().uses(&windows, "1").reserves(smaller).bill().metered(), Decimal::ZERO);
    let of_dedicated = Reservation { tenancy: Tenancy::Dedicated, ..reservation("t2.large", 1) };
    assert_eq!(world().uses(&dedicated, "1").reserves(of_dedicated).bill().metered(), usd("0.06"));
    assert_eq!(
        world().uses(&linux("g5.xlarge"), "2").reserves(reservation("g5.2xlarge", 1)).bill().metered(),
        usd("2")
    );
}

#[test]
fn an_hour_of_benefit_is_shared_by_instances_that_ran_for_less() {
    // Four quarters of an hour are the 3,600 seconds that one reservation has in an hour; a fifth quarter is not.
    let mut world = world().reserves(zonal("t2.large", 1, "us-east-1a"));
    for _ in 0..5 {
        world = world.uses(&linux("t2.large"), "0.25");
    }
    let bill = world.bill();
    assert_eq!(bill.paid(&linux("t2.large"), RESERVED), usd("1"));
    assert_eq!(bill.metered(), usd("0.025"));
}

#[test]
fn the_owners_usage_comes_before_that_of_other_accounts() {
    let large = linux("t2.large");
    let bill = world()
        .used_by(OTHER_ACCOUNT, &large, "1")
        .used_by(ACCOUNT, &large, "1")
        .reserves(zonal("t2.large", 1, "us-east-1a"))
        .bill();
    assert_eq!(bill.paid_for(ACCOUNT, RESERVED), usd("1"));
    assert_eq!(bill.paid_for(OTHER_ACCOUNT, Pays::OnDemand), usd("1"));
    let bill = world().used_by(OTHER_ACCOUNT, &large, "1").reserves(zonal("t2.large", 1, "us-east-1a")).bill();
    assert_eq!(bill.paid_for(OTHER_ACCOUNT, RESERVED), usd("1"), "what the owner does not use is shared");
}

#[test]
fn what_was_paid_upfront_is_spread_over_the_term() {
    let all_upfront = Reservation { upfront: usd("438"), hourly: Decimal::ZERO, ..zonal("t2.large", 2, "us-east-1a") };
    // 438 / 8760 is 0.05 for each of the two; one runs, the other is paid for all the same.
    let bill = world().uses(&linux("t2.large"), "1").reserves(all_upfront).bill();
    assert_eq!((bill.total(), bill.unused()), (usd("0.10"), usd("0.05")));
}

#[test]
fn it_pays_within_its_term_only() {
    let world = world().uses(&linux("t2.large"), "1").reserves(reservation("t2.large", 1));
    let metered = |hour| world.bill_at(Hour(hour)).metered();
    assert_eq!((metered(-1), metered(0)), (usd("0.10"), Decimal::ZERO));
    assert_eq!((metered(HOURS_A_YEAR - 1), metered(HOURS_A_YEAR)), (Decimal::ZERO, usd("0.10")));
    assert_eq!(world.bill_at(Hour(HOURS_A_YEAR)).unused(), Decimal::ZERO);
}
