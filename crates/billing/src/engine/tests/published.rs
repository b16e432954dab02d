//! The example that AWS publishes (*Savings Plans user guide, How Savings Plans apply to your usage*), to the cent.

use rust_decimal::Decimal;

use super::world::{REGION, World, compute_plan, instance, instance_plan, linux, reservation, usd};
use crate::engine::product::FargatePlatform::LinuxX86;
use crate::engine::{Pays, Platform, Product, Tenancy};

fn r5() -> Product {
    linux("r5.4xlarge")
}

fn m5() -> Product {
    instance("m5.24xlarge", "us-east-1a", Platform::Other("Windows".to_owned()), Tenancy::Dedicated)
}

fn world() -> World {
    let region = || REGION.into();
    let cpu = Product::FargateCpu { region: region(), platform: LinuxX86 };
    let memory = Product::FargateMemory { region: region(), platform: LinuxX86 };
    let duration = Product::LambdaDuration { region: region(), is_arm: false };
    let requests = Product::LambdaRequests { region: region() };
    World::default()
        .price(r5(), "1.00", "0.70", "0.60")
        .price(m5(), "10.00", "8.20", "7.80")
        .price(cpu.clone(), "0.04", "0.03", "")
        .price(memory.clone(), "0.004", "0.003", "")
        .price(duration.clone(), "0.000015", "0.00001275", "")
        .price(requests.clone(), "0.0000002", "0.0000002", "")
        .uses(&r5(), "4")
        .uses(&m5(), "1")
        .uses(&cpu, "400")
        .uses(&memory, "1600")
        .uses(&duration, "1500000")
        .uses(&requests, "1000000")
}

fn cents(amount: Decimal) -> Decimal {
    use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    amount.round_dp_with_strategy(2, MidpointAwayFromZero)
}

#[test]
fn on_demand() {
    assert_eq!(world().bill().total(), usd("59.10"));
}

#[test]
fn a_large_compute_plan_covers_everything() {
    let bill = world().commits(compute_plan("50.00")).bill();
    assert_eq!(bill.metered(), Decimal::ZERO);
    assert_eq!(cents(bill.total() - bill.unused()), usd("47.13"));
    assert_eq!(bill.total(), usd("50.00"), "what is not used is billed all the same");
}

#[test]
fn a_small_compute_plan_goes_to_the_highest_saving() {
    let bill = world().commits(compute_plan("2.00")).bill();
    assert_eq!(cents(bill.metered()), usd("56.24"));
    assert_eq!(cents(bill.total()), usd("58.24"));
    assert_eq!(bill.unused(), Decimal::ZERO);
    assert_eq!(cents(bill.paid(&r5(), Pays::SavingsPlan(0))), usd("2.86"));
}

#[test]
fn reserved_instances_come_before_plans() {
    let bill = world().reserves(reservation("r5.4xlarge", 2)).commits(compute_plan("18.20")).bill();
    assert_eq!(bill.metered(), usd("32.70"));
    assert_eq!(bill.unused(), Decimal::ZERO);
    assert_eq!(bill.paid(&r5(), Pays::Reservation(0)), usd("2"));
    assert_eq!(bill.paid(&r5(), Pays::SavingsPlan(0)), usd("2"));
}

#[test]
fn plans_for_instances_come_before_those_for_compute() {
    // 2 of the 4 r5 are covered at 0.60 by the first, the other 2 at 0.70 by the second, which has 0.60 left for Fargate:
    // 0.60 at a rate of 3 for 4 buys what costs 0.80.
    let bill = world().commits(compute_plan("2.00")).commits(instance_plan("r5", "1.20")).bill();
    assert_eq!(bill.paid(&r5(), Pays::SavingsPlan(1)), usd("2"));
    assert_eq!(bill.paid(&r5(), Pays::SavingsPlan(0)), usd("2"));
    assert_eq!(bill.metered(), usd("59.10") - usd("4.00") - usd("0.80"));
}
