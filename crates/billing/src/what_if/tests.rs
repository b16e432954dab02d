use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::bill::Commitments;
use crate::engine::{FargatePlatform, Hour, Instance, InstanceType, PlanKind, Platform, Product, SavingsPlan, Tenancy};
use crate::offers::{Payment, PlanFamily, PlanOffer, Term};
use crate::sheet::{InstanceTypes, Sheet, TypeFacts};

struct Types;

impl InstanceTypes for Types {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        let price = match name {
            "m5.large" => "0.096",
            "c5.large" => "0.085",
            _ => return None,
        };
        Some(TypeFacts { vcpus: 2, on_demand: price.parse().ok() })
    }

    fn names(&self) -> Vec<String> {
        ["c5.large", "m5.large"].map(String::from).to_vec()
    }
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn sheet() -> Sheet {
    Sheet::builtin(Arc::new(Types)).unwrap()
}

fn products() -> Vec<Product> {
    let instance = |kind: &str| {
        let kind = InstanceType::parse(kind, 2).unwrap();
        let (region, zone) = ("us-east-1".into(), "us-east-1a".into());
        Product::Instance(Instance { kind, region, zone, platform: Platform::Linux, tenancy: Tenancy::Shared })
    };
    let cpu = Product::FargateCpu { region: "us-east-1".into(), platform: FargatePlatform::LinuxX86 };
    vec![instance("m5.large"), instance("c5.large"), cpu]
}

fn profile(hours: &[(u32, [i64; 3])]) -> Profile {
    let amounts = |amounts: &[i64; 3]| amounts.iter().map(|amount| Decimal::from(*amount)).enumerate().collect();
    Profile::new(products(), hours.iter().map(|(count, each)| (*count, amounts(each))))
}

fn all() -> Wanted {
    Wanted { terms: Term::ALL.to_vec(), payments: Payment::ALL.to_vec() }
}

fn compare(profile: &Profile, wanted: &Wanted) -> Vec<Choice> {
    what_if(profile, &sheet(), &"us-east-1".into(), wanted)
}

fn find(choices: &[Choice], offer: Offer) -> &Choice {
    choices.iter().find(|choice| choice.offer == offer).unwrap()
}

#[test]
fn what_always_runs_is_committed_whole() {
    let choices = compare(&profile(&[(100, [10, 0, 0])]), &all());
    let on_demand = find(&choices, Offer::OnDemand);
    assert_eq!((on_demand.hourly, on_demand.saving()), (usd("0.96"), Decimal::ZERO));
    let best = &choices[0];
    assert_eq!(best.saving().round_dp(2), usd("0.62"));
    // 10 instances at 0.03648, rounded to what can be committed.
    let plans = find(&choices, Offer::InstancePlans(Term::ThreeYears, Payment::AllUpfront));
    assert_eq!(plans.bought[0].amount, usd("0.365"));
    assert_eq!(plans.upfront(), usd("0.365") * usd("26280"));
    let reserved =
        find(&choices, Offer::Reservations(crate::offers::Class::Standard, Term::OneYear, Payment::NoUpfront));
    assert_eq!((reserved.bought[0].amount, reserved.hourly), (usd("10"), usd("0.6048")));
}

#[test]
fn what_rarely_runs_is_left_to_on_demand() {
    let choices = compare(&profile(&[(10, [10, 0, 0]), (90, [0, 0, 0])]), &all());
    let offers: Vec<_> = choices.iter().map(|choice| choice.offer).collect();
    assert_eq!(offers, [Offer::OnDemand]);
    assert_eq!(choices[0].break_even_months(), None);
}

#[test]
fn the_base_is_committed_and_the_peak_is_not() {
    let wanted = Wanted { terms: vec![Term::OneYear], payments: vec![Payment::NoUpfront] };
    let choices = compare(&profile(&[(80, [4, 0, 0]), (20, [20, 0, 0])]), &wanted);
    let plans = find(&choices, Offer::InstancePlans(Term::OneYear, Payment::NoUpfront));
    assert_eq!(plans.bought[0].amount, (usd("4") * usd("0.06048")).round_dp(3));
}

#[test]
fn families_that_take_turns_share_a_compute_plan() {
    // m5 by day, c5 by night: a plan for either is unused half of the time.
    let choices = compare(&profile(&[(50, [10, 0, 0]), (50, [0, 10, 0])]), &all());
    assert_eq!(choices[0].offer, Offer::ComputePlan(Term::ThreeYears, Payment::AllUpfront));
    assert_eq!(find(&choices, Offer::Mix).hourly, choices[0].hourly);
}

#[test]
fn a_commitment_breaks_even_when_on_demand_would_have_cost_as_much() {
    let wanted = Wanted { terms: vec![Term::OneYear], payments: vec![Payment::AllUpfront] };
    let choices = compare(&profile(&[(100, [100, 0, 0])]), &wanted);
    let plans = find(&choices, Offer::InstancePlans(Term::OneYear, Payment::AllUpfront));
    // 59 % of a year of 12 months of 730 hours.
    assert_eq!(plans.break_even_months().unwrap().round_dp(1), usd("7.1"));
}

#[test]
fn as_many_are_reserved_as_are_used_for_long_enough() {
    // At 60 % of the price one must be used in more than 60 of 100 hours.
    let best = |used: &[(u32, u32)]| {
        let hours: Vec<_> = used.iter().map(|(count, used)| (Decimal::from(*count), Decimal::from(*used))).collect();
        best_count(&hours, usd("0.10"), usd("0.06"))
    };
    assert_eq!(best(&[(100, 3)]), 3);
    assert_eq!(best(&[(60, 5), (40, 2)]), 2);
    assert_eq!(best(&[(61, 5), (39, 2)]), 5);
    assert_eq!(best(&[(60, 1), (40, 0)]), 0);
    assert_eq!(best(&[]), 0);
}

#[test]
fn usage_is_read_from_a_file() {
    let text = "what, amount, hours\n# always\nm5.large, 10, 730\nm5.large, 5, 100\nfargate-vcpu, 2, 100\n";
    let profile = Profile::read(text, &"us-east-1".into(), &Types).unwrap();
    let cost = profile.cost(&Commitments::default(), &sheet()) * usd("730");
    assert_eq!(cost.round_dp(6), usd("0.096") * usd("7800") + usd("0.04048") * usd("200"));
    for (wrong, why) in [
        ("m9.large,1,1", "line 2: m9.large"),
        ("m5.large,1,731", "1 to 730"),
        ("m5.large,-1,1", "negative"),
        ("m5.large,x,1", "CSV"),
    ] {
        let error = Profile::read(&format!("what,amount,hours\n{wrong}\n"), &"us-east-1".into(), &Types).err().unwrap();
        assert!(error.to_string().contains(why), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_other_commitment_costs_less(hours in prop::collection::vec((1..50u32, [0..20i64, 0..20i64, 0..20i64]), 1..8), other in 0..3000i64) {
        let profile = profile(&hours);
        let offer = PlanOffer { family: PlanFamily::Compute, term: Term::OneYear, payment: Payment::NoUpfront };
        let plan = |commitment| SavingsPlan {
            id: "sp".into(), account: "".into(), kind: PlanKind::Compute, start: Hour(0), end: Hour(8760),
            commitment, upfront: Decimal::ZERO, offering: offer.id().into(),
        };
        let cost = |commitment| {
            profile.cost(&Commitments { plans: vec![plan(commitment)], ..Commitments::default() }, &sheet())
        };
        let best = marginal::best_commitment(&profile, &plan(Decimal::ONE), &sheet());
        prop_assert!(cost(best) <= cost(Decimal::new(other, 3)) + usd("0.0000001"));
    }

    #[test]
    fn the_mix_is_the_cheapest_and_nothing_costs_more_than_on_demand(hours in prop::collection::vec((1..50u32, [0..20i64, 0..20i64, 0..20i64]), 1..6)) {
        let choices = compare(&profile(&hours), &all());
        // Commitments are rounded to what can be bought.
        let dust = usd("0.005");
        let on_demand = find(&choices, Offer::OnDemand).hourly;
        prop_assert!(choices.iter().all(|choice| choice.hourly <= on_demand + dust));
        // It is left out where nothing is worth buying.
        let mix = choices.iter().find(|choice| choice.offer == Offer::Mix).map_or(on_demand, |mix| mix.hourly);
        prop_assert!(mix <= choices[0].hourly + dust, "{mix} {:?}", choices[0]);
    }
}
