//! From which pools so much capacity comes, as a pure function (*EC2 user guide, Allocation strategies for Spot Instances;
//! Allocation strategies for On-Demand Instances*).

use std::collections::BTreeMap;

use crate::model::{FleetMarket, MarketOptions, Strategy};
use crate::spot::price::Price;

/// What a strategy looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its place among the fleet's pools.
    pub pool: usize,
    /// By which what runs already is counted.
    pub key: String,
    pub instance_type: String,
    /// The subnet or the zone, if it says one.
    pub place: Option<String>,
    /// Thousandths of a unit that an instance counts.
    pub weight: u64,
    pub priority: Option<f64>,
    /// Of one instance, an hour.
    pub price: Option<Price>,
    /// How many more instances there is room for.
    pub room: u64,
}

impl Candidate {
    /// Compares by what a unit costs; what nobody knows the price of comes last.
    fn dearness(&self) -> u128 {
        self.price.map_or(u128::MAX, |price| u128::from(price.billionths()) * 1000 / u128::from(self.weight.max(1)))
    }

    fn rank(&self) -> f64 {
        self.priority.unwrap_or(f64::MAX)
    }

    /// How much capacity it could still give.
    fn units(&self) -> u64 {
        self.room.saturating_mul(self.weight)
    }
}

/// Chooses pools, one for each instance, until so many thousandths of a unit are there: the last may bring more than is
/// missing. `have` is what runs already, by pool. `left` is what may still be spent an hour.
pub fn allocate(
    market: FleetMarket,
    options: &MarketOptions,
    mut candidates: Vec<Candidate>,
    have: &BTreeMap<String, u64>,
    mut missing: u64,
    mut left: Option<Price>,
) -> Vec<usize> {
    let mut have = have.clone();
    let mut picks = Vec::new();
    let mut turn = 0usize;
    while missing > 0 {
        candidates.retain(|one| (one.room > 0 || market == FleetMarket::OnDemand) && is_affordable(one, left));
        let Some(at) = choose(market, options, &candidates, &have, missing, turn) else { break };
        turn += 1;
        let chosen = &mut candidates[at];
        chosen.room = chosen.room.saturating_sub(1);
        *have.entry(chosen.key.clone()).or_default() += chosen.weight;
        missing = missing.saturating_sub(chosen.weight.max(1));
        left = left.map(|left| chosen.price.map_or(left, |price| left.less(price)));
        picks.push(chosen.pool);
        let (kind, place) = (chosen.instance_type.clone(), chosen.place.clone());
        candidates.retain(|one| {
            (!options.single_type || one.instance_type == kind) && (!options.single_zone || one.place == place)
        });
    }
    picks
}

fn is_affordable(one: &Candidate, left: Option<Price>) -> bool {
    left.is_none_or(|left| one.price.is_none_or(|price| price <= left))
}

/// Which of the candidates is next.
fn choose(
    market: FleetMarket,
    options: &MarketOptions,
    candidates: &[Candidate],
    have: &BTreeMap<String, u64>,
    missing: u64,
    turn: usize,
) -> Option<usize> {
    let all = || 0..candidates.len();
    let cheapest = |among: &mut dyn Iterator<Item = usize>| among.min_by_key(|at| candidates[*at].dearness());
    let by_rank = |a: &usize, b: &usize| candidates[*a].rank().total_cmp(&candidates[*b].rank());
    let most_room = all().map(|at| candidates[at].units()).max()?;
    match (options.strategy, market) {
        (Strategy::Prioritized, _) => all().min_by(by_rank),
        (Strategy::LowestPrice, FleetMarket::OnDemand) => cheapest(&mut all()),
        (Strategy::LowestPrice, FleetMarket::Spot) => {
            // The cheapest few, in turn.
            let mut cheap: Vec<usize> = all().collect();
            cheap.sort_by_key(|at| candidates[*at].dearness());
            cheap.truncate(usize::try_from(options.pools.max(1)).unwrap_or(usize::MAX));
            cheap.get(turn % cheap.len().max(1)).copied()
        }
        (Strategy::Diversified, _) => all().min_by_key(|at| have.get(&candidates[*at].key).copied().unwrap_or(0)),
        (Strategy::CapacityOptimized, _) => all().max_by_key(|at| (candidates[*at].units(), std::cmp::Reverse(*at))),
        (Strategy::CapacityOptimizedPrioritized, _) => {
            // Capacity first: priorities choose among those that have enough, or as much as any.
            all().filter(|at| candidates[*at].units() >= missing.min(most_room)).min_by(by_rank)
        }
        (Strategy::PriceCapacityOptimized, _) => {
            cheapest(&mut all().filter(|at| candidates[*at].units() >= most_room / 2))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, prop, prop_assert, prop_oneof, proptest};

    use super::*;

    fn candidate(pool: usize, price: &str, weight: u64, room: u64) -> Candidate {
        Candidate {
            pool,
            key: format!("t{pool}"),
            instance_type: format!("t{pool}"),
            place: None,
            weight: weight * 1000,
            priority: Some(10.0 - pool as f64),
            price: Price::parse(price),
            room,
        }
    }

    fn spot(strategy: Strategy, pools: u32, candidates: Vec<Candidate>, units: u64) -> Vec<usize> {
        let options = MarketOptions { pools, ..MarketOptions::new(strategy) };
        allocate(FleetMarket::Spot, &options, candidates, &BTreeMap::new(), units * 1000, None)
    }

    fn three() -> Vec<Candidate> {
        vec![candidate(0, "0.03", 1, 10), candidate(1, "0.04", 2, 3), candidate(2, "0.09", 1, 40)]
    }

    #[test]
    fn each_strategy_has_its_own_favourite() {
        // A unit of the second costs two cents.
        assert_eq!(spot(Strategy::LowestPrice, 1, three(), 4), [1, 1]);
        assert_eq!(spot(Strategy::LowestPrice, 2, three(), 4), [1, 0, 1]);
        assert_eq!(spot(Strategy::Diversified, 1, three(), 4), [0, 1, 2]);
        assert_eq!(spot(Strategy::CapacityOptimized, 1, three(), 3), [2, 2, 2]);
        assert_eq!(spot(Strategy::CapacityOptimizedPrioritized, 1, three(), 5), [2, 2, 2, 2, 2]);
        let half = vec![candidate(0, "0.03", 1, 25), candidate(1, "0.01", 1, 3), candidate(2, "0.09", 1, 40)];
        assert_eq!(spot(Strategy::PriceCapacityOptimized, 1, half, 2), [0, 0]);
        let options = MarketOptions::new(Strategy::Prioritized);
        let on_demand = allocate(FleetMarket::OnDemand, &options, three(), &BTreeMap::new(), 2000, None);
        assert_eq!(on_demand, [2, 2]);
    }

    #[test]
    fn when_a_pool_is_empty_the_next_one_gives() {
        assert_eq!(spot(Strategy::LowestPrice, 1, three(), 8), [1, 1, 1, 0, 0]);
        assert_eq!(spot(Strategy::LowestPrice, 1, three(), 1000).len(), 53);
    }

    #[test]
    fn one_type_alone_and_no_more_than_may_be_spent() {
        let options = MarketOptions { single_type: true, ..MarketOptions::new(Strategy::LowestPrice) };
        let none = BTreeMap::new();
        assert_eq!(allocate(FleetMarket::Spot, &options, three(), &none, 10_000, None), [1, 1, 1]);
        let options = MarketOptions::new(Strategy::LowestPrice);
        let left = Price::parse("0.10");
        assert_eq!(allocate(FleetMarket::Spot, &options, three(), &none, 10_000, left), [1, 1]);
    }

    fn strategy() -> impl proptest::strategy::Strategy<Value = Strategy> {
        prop_oneof![
            Just(Strategy::LowestPrice),
            Just(Strategy::Diversified),
            Just(Strategy::CapacityOptimized),
            Just(Strategy::CapacityOptimizedPrioritized),
            Just(Strategy::PriceCapacityOptimized),
        ]
    }

    proptest! {
        #[test]
        fn what_is_there_is_used_and_never_more(
            rooms in prop::collection::vec((0u64..5, 1u64..4, 1u32..100), 1..5),
            units in 0u64..30,
            pools in 1u32..4,
            strategy in strategy(),
        ) {
            let candidates: Vec<_> = rooms.iter().enumerate()
                .map(|(pool, (room, weight, cents))| candidate(pool, &format!("0.{cents:02}"), *weight, *room)).collect();
            let picks = spot(strategy, pools, candidates, units);
            for (pool, (room, ..)) in rooms.iter().enumerate() {
                prop_assert!(picks.iter().filter(|pick| **pick == pool).count() as u64 <= *room);
            }
            let weight = |pick: &usize| rooms[*pick].1;
            let brought: u64 = picks.iter().map(weight).sum();
            let all: u64 = rooms.iter().map(|(room, weight, _)| room * weight).sum();
            prop_assert!(brought >= units || brought == all);
            // The last one alone may bring more than was missing.
            prop_assert!(picks.last().is_none_or(|last| brought - weight(last) < units));
        }
    }
}
