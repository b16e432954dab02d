//! Worked by hand from *EC2 user guide, Capacity Reservation pricing and billing* and *Pricing and billing* of Dedicated
//! Hosts.

use rust_decimal::Decimal;

use super::world::{OTHER_ACCOUNT, World, compute_plan, instance_plan, linux, reservation, usd, zonal};
use crate::engine::{Pays, Product, Tenancy};

const RESERVED: Pays = Pays::Reservation(0);
const PLANNED: Pays = Pays::SavingsPlan(0);

/// Room for one of a kind in the first zone.
fn room(kind: &str) -> Product {
    match linux(kind) {
        Product::Instance(instance) => Product::Room(instance),
        other => other,
    }
}

fn host() -> Product {
    Product::Host { region: "us-east-1".into(), family: "m5".into() }
}

/// Savings of a Compute plan: c5 40 %, m5 30 %, and m5 hosts 30 %.
fn world() -> World {
    let mut on_host = linux("m5.large");
    if let Product::Instance(instance) = &mut on_host {
        instance.tenancy = Tenancy::Host;
    }
    World::default()
        .price(linux("c5.large"), "0.10", "0.06", "0.05")
        .price(room("c5.large"), "0.10", "0.06", "0.05")
        .price(linux("m5.large"), "0.10", "0.07", "0.05")
        .price(linux("m5.xlarge"), "0.20", "0.14", "0.10")
        .price(room("m5.large"), "0.10", "0.07", "0.05")
        .price(host(), "5", "3.50", "2.50")
        .price(on_host, "0", "0", "0")
}

#[test]
fn twenty_reserved_and_fifteen_running_are_paid_for_as_twenty() {
    // The guide's example: 15 active instances and 5 unused ones of the reservation.
    let bill = world().uses(&linux("m5.large"), "15").uses(&room("m5.large"), "5").bill();
    assert_eq!((bill.total(), bill.paid(&room("m5.large"), Pays::OnDemand)), (usd("2"), usd("5")));
}

#[test]
fn a_regional_reservation_pays_for_room_that_nobody_uses_and_a_zonal_one_does_not() {
    let bill = world().uses(&room("m5.large"), "1").reserves(reservation("m5.large", 1)).bill();
    assert_eq!((bill.total(), bill.unused()), (usd("0.06"), Decimal::ZERO));
    let bill = world().uses(&room("m5.large"), "1").reserves(zonal("m5.large", 1, "us-east-1a")).bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("0.10"), usd("0.06")));
}

#[test]
fn a_reservation_pays_for_an_instance_before_it_pays_for_room_of_a_smaller_size() {
    // 4 units: half of the xlarge. The other half is 0.10, and so is the room.
    let bill =
        world().uses(&room("m5.large"), "1").uses(&linux("m5.xlarge"), "1").reserves(reservation("m5.large", 1)).bill();
    assert_eq!(bill.paid(&linux("m5.xlarge"), RESERVED), usd("0.5"));
    assert_eq!((bill.metered(), bill.total()), (usd("0.20"), usd("0.26")));
}

#[test]
fn a_plan_pays_for_an_instance_before_it_pays_for_room_that_saves_more() {
    // 0.07 is the whole m5; 0.10 leaves 0.03, which is half of the c5's room at 0.06.
    let usage = || world().uses(&room("c5.large"), "1").uses(&linux("m5.large"), "1");
    let bill = usage().commits(compute_plan("0.07")).bill();
    assert_eq!([linux("m5.large"), room("c5.large")].map(|what| bill.paid(&what, PLANNED)), ["1", "0"].map(usd));
    let bill = usage().commits(compute_plan("0.10")).bill();
    assert_eq!([linux("m5.large"), room("c5.large")].map(|what| bill.paid(&what, PLANNED)), ["1", "0.5"].map(usd));
    assert_eq!(bill.metered(), usd("0.05"));
}

#[test]
fn the_owners_room_comes_before_instances_of_other_accounts() {
    let bill = world()
        .used_by(OTHER_ACCOUNT, &linux("m5.large"), "1")
        .uses(&room("m5.large"), "1")
        .reserves(reservation("m5.large", 1))
        .bill();
    assert_eq!(bill.paid(&room("m5.large"), RESERVED), usd("1"));
    assert_eq!(bill.metered(), usd("0.10"));
}

#[test]
fn a_plan_pays_for_a_host_and_what_is_on_it_is_free() {
    let mut on_host = linux("m5.large");
    if let Product::Instance(instance) = &mut on_host {
        instance.tenancy = Tenancy::Host;
    }
    let bill = world().uses(&host(), "1").uses(&on_host, "48").commits(instance_plan("m5", "2.50")).bill();
    assert_eq!((bill.total(), bill.metered(), bill.unused()), (usd("2.50"), Decimal::ZERO, Decimal::ZERO));
    assert_eq!(bill.paid(&host(), PLANNED), usd("1"));
}

#[test]
fn a_host_costs_the_same_with_its_instances_stopped_and_no_reserved_instance_pays_for_it() {
    let bill = world().uses(&host(), "0.5").reserves(reservation("m5.large", 1)).bill();
    assert_eq!((bill.metered(), bill.unused()), (usd("2.50"), usd("0.06")));
    // 1.40 of 1.75 for half an hour at the plan's rate: four fifths, and the last tenth of an hour On-Demand.
    let bill = world().uses(&host(), "0.5").commits(compute_plan("1.40")).bill();
    assert_eq!((bill.paid(&host(), PLANNED), bill.metered()), (usd("0.4"), usd("0.50")));
}
