//! A year of hours.

use rust_decimal::Decimal;

use super::world::{HOURS_A_YEAR, World, compute_plan, instance_plan, linux_in, reservation, usd, zonal};
use crate::engine::{Hour, SavingsPlan};

const FAMILIES: [&str; 5] = ["c5", "m5", "m6i", "r5", "t3"];
const SIZES: [&str; 4] = ["large", "xlarge", "2xlarge", "4xlarge"];

/// 200 instances, 20 reservations and 20 plans. What a year of them takes is measured, not judged: see the bench.
pub fn large() -> World {
    let mut world = World::default();
    for at in 0..200 {
        let (family, size) = (FAMILIES[at % 5], SIZES[at / 5 % 4]);
        let product = linux_in(&format!("{family}.{size}"), ["us-east-1a", "us-east-1b"][at / 20 % 2]);
        world = world.price(product.clone(), "1.00", "0.70", "0.60").uses(&product, "0.987");
    }
    for at in 0..10 {
        let kind = format!("{}.{}", FAMILIES[at % 5], SIZES[at / 5]);
        world = world.reserves(reservation(&kind, 2)).reserves(zonal(&kind, 1, "us-east-1a"));
        let later = SavingsPlan { start: Hour(at as i64 * 100), ..compute_plan("1.5") };
        world = world.commits(instance_plan(FAMILIES[at % 5], "1.2")).commits(later);
    }
    world
}

#[test]
fn a_year_is_the_sum_of_its_hours() {
    let world = large();
    let months: Decimal = [0, HOURS_A_YEAR / 2].iter().map(|&hour| world.bill_at(Hour(hour)).list()).sum();
    assert_eq!(months, usd("200") * usd("0.987") * usd("2"));
}
