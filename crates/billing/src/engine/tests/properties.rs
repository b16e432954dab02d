//! What holds for every bill.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::world::{ACCOUNT, OTHER_ACCOUNT, World, compute_plan, instance_plan, linux_in, reservation, usd, zonal};
use crate::engine::{Product, Reservation, SavingsPlan};

const FAMILIES: [&str; 2] = ["m5", "t3"];
const SIZES: [(&str, i64); 3] = [("large", 4), ("xlarge", 8), ("2xlarge", 16)];
const ZONES: [&str; 2] = ["us-east-1a", "us-east-1b"];
/// A sum of parts of thirds is exact to this.
const DUST: Decimal = Decimal::from_parts(1, 0, 0, false, 18);

fn product(family: usize, size: usize, zone: usize) -> Product {
    linux_in(&format!("{}.{}", FAMILIES[family], SIZES[size].0), ZONES[zone])
}

/// USD an hour for each unit of size.
fn world() -> World {
    let mut world = World::default();
    for (family, (on_demand, compute, of_instance)) in [(100, 73, 60), (52, 36, 33)].into_iter().enumerate() {
        for (size, (_, units)) in SIZES.iter().enumerate() {
            for zone in 0..ZONES.len() {
                let [a, b, c] = [on_demand, compute, of_instance].map(|each| Decimal::new(each * units, 4).to_string());
                world = world.price(product(family, size, zone), &a, &b, &c);
            }
        }
    }
    world
}

#[derive(Debug, Clone)]
enum Step {
    Use { family: usize, size: usize, zone: usize, account: bool, seconds: u32 },
    Reserve(Reservation),
    Commit(SavingsPlan),
}

fn usage() -> impl Strategy<Value = Step> {
    (0..2usize, 0..3usize, 0..2usize, any::<bool>(), 1..=3600u32)
        .prop_map(|(family, size, zone, account, seconds)| Step::Use { family, size, zone, account, seconds })
}

fn owner(is_first: bool) -> &'static str {
    if is_first { ACCOUNT } else { OTHER_ACCOUNT }
}

fn commitment() -> impl Strategy<Value = Step> {
    let reserved =
        (0..2usize, 0..3usize, 0..3usize, any::<bool>(), 1..4u32).prop_map(|(family, size, zone, account, count)| {
            let kind = format!("{}.{}", FAMILIES[family], SIZES[size].0);
            // Half of what the size costs.
            let hourly = Decimal::new([50, 26][family] * SIZES[size].1, 4);
            let of = ZONES.get(zone).map_or_else(|| reservation(&kind, count), |zone| zonal(&kind, count, zone));
            Step::Reserve(Reservation { hourly, account: owner(account).into(), ..of })
        });
    let plan = (0..3usize, any::<bool>(), 1..2000i64).prop_map(|(family, account, amount)| {
        let amount = Decimal::new(amount, 4).to_string();
        let of = FAMILIES.get(family).map_or_else(|| compute_plan(&amount), |family| instance_plan(family, &amount));
        Step::Commit(SavingsPlan { account: owner(account).into(), ..of })
    });
    prop_oneof![reserved, plan]
}

fn build(steps: &[Step]) -> World {
    steps.iter().fold(world(), |world, step| match step {
        Step::Use { family, size, zone, account, seconds } => {
            let hours = Decimal::from(*seconds) / usd("3600");
            world.used_by(owner(*account), &product(*family, *size, *zone), &hours.to_string())
        }
        Step::Reserve(reservation) => world.reserves(reservation.clone()),
        Step::Commit(plan) => world.commits(plan.clone()),
    })
}

proptest! {
    #[test]
    fn a_bill_lies_between_nothing_and_on_demand_with_what_is_unused(
        usage in prop::collection::vec(usage(), 0..12),
        commitments in prop::collection::vec(commitment(), 0..8),
    ) {
        let without = build(&usage).bill();
        let steps = [usage, commitments].concat();
        let bill = build(&steps).bill();
        prop_assert!(bill.charges.iter().all(|charge| charge.amortized >= Decimal::ZERO && charge.quantity > Decimal::ZERO));
        prop_assert!(bill.total() <= without.total() + bill.unused() + DUST);
        prop_assert!((bill.list() - without.total()).abs() < DUST, "all usage is on the bill, once");
        prop_assert_eq!(&bill, &build(&steps).bill(), "a second bill is the same");
    }

    #[test]
    fn one_more_commitment_never_raises_the_metered_part(
        usage in prop::collection::vec(usage(), 0..12),
        commitments in prop::collection::vec(commitment(), 0..8),
        one_more in commitment(),
    ) {
        let before = [usage, commitments].concat();
        let after = [before.clone(), vec![one_more]].concat();
        prop_assert!(build(&after).bill().metered() <= build(&before).bill().metered() + DUST);
    }

    #[test]
    fn what_was_promised_is_paid(commitments in prop::collection::vec(commitment(), 0..8), usage in prop::collection::vec(usage(), 0..12)) {
        let promised: Decimal = commitments.iter().map(|step| match step {
            Step::Reserve(reservation) => reservation.amortized(),
            Step::Commit(plan) => plan.commitment,
            Step::Use { .. } => Decimal::ZERO,
        }).sum();
        let bill = build(&[usage, commitments].concat()).bill();
        prop_assert!((bill.total() - bill.metered() - promised).abs() < DUST);
    }
}
