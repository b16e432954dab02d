//! Statements of usage and commitments that are known to the hour.

use std::sync::Arc;

use freehold_api::ce::{self, op};
use freehold_billing::Ledger;
use freehold_billing::engine::Tenancy as Billed;
use freehold_billing::model::{Plan, Reserved};
use freehold_billing::offers::{Class, Payment, PlanFamily, PlanOffer, ReservationOffer, Term};
use freehold_billing::sheet::{InstanceTypes, Sheet, TypeFacts};
use freehold_core::{Clock, ManualClock, Principal};
use freehold_metering::{Stretch, Tenancy, Used};
use freehold_store::{MemoryStore, SharedStore, StoreExt, TxExt};
use freehold_wire::Local;
use freehold_wire::service::Operation;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::{Costs, Hardware, Parts, TypeAttributes};

const ACCOUNT: &str = "111111111111";
const NOW: &str = "2026-11-30T12:00:00Z";

/// Two sizes of one family.
struct Types;

impl InstanceTypes for Types {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        let (vcpus, price) = match name {
            "m5.large" => (2, "0.096"),
            "m5.xlarge" => (4, "0.192"),
            _ => return None,
        };
        Some(TypeFacts { vcpus, on_demand: price.parse().ok() })
    }

    fn names(&self) -> Vec<String> {
        ["m5.large", "m5.xlarge"].map(String::from).to_vec()
    }
}

impl Hardware for Types {
    fn attributes(&self, _: &str) -> Option<TypeAttributes> {
        None
    }
}

struct World {
    store: SharedStore,
    local: Arc<Local>,
    sheet: Sheet,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

impl World {
    /// At noon of the last of November.
    fn new() -> Self {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::frozen(at(NOW)));
        let sheet = || Sheet::builtin(Arc::new(Types)).unwrap();
        let ledger = Ledger::new(Arc::clone(&store), Arc::clone(&clock), "us-east-1", Arc::new(Types), sheet());
        let parts = Parts { store: Arc::clone(&store), clock, ledger: Arc::new(ledger), hardware: Arc::new(Types) };
        let local = Local::new("us-east-1");
        for service in Costs::new(parts).services() {
            local.register(&service);
        }
        Self { store, local, sheet: sheet() }
    }

    async fn put<T: freehold_store::Document + Send + 'static>(&self, row: T) {
        self.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&row)).await.unwrap();
    }

    /// An instance of an account that ran all of the day, as far as it is over.
    async fn ran(&self, account: &str, id: &str, kind: &str, day: &str) {
        let used = Used::Instance {
            instance_type: kind.into(),
            zone: "us-east-1a".into(),
            platform: "Linux/UNIX".into(),
            tenancy: Tenancy::Default,
            spot_price: None,
        };
        let from = at(&format!("{day}T00:00:00Z"));
        let to = from.checked_add(SignedDuration::from_hours(24)).unwrap().min(at(NOW));
        self.put(Stretch::new(account, id, used, (from, to)).with_tags([("team", "blue")])).await;
    }

    /// A plan of a year for everything.
    async fn plan(&self, commitment: &str, payment: Payment, start: &str) {
        let offer = PlanOffer { family: PlanFamily::Compute, term: Term::OneYear, payment };
        let (start, commitment) = (at(start), usd(commitment));
        self.put(Plan {
            id: "3f3e3d3c-3b3a-4938-8736-353433323130".into(),
            account: ACCOUNT.into(),
            offering: offer.id(),
            commitment,
            upfront: commitment * Decimal::from(offer.term.hours()) * payment.upfront_share(),
            purchased: start,
            start,
            end: start.checked_add(SignedDuration::from_secs(offer.term.seconds())).unwrap(),
            returned: None,
            deleted: None,
            tags: Default::default(),
        })
        .await;
    }

    /// Regional standard reservations of a year for `m5.large`.
    async fn reserve(&self, count: u32, payment: Payment, start: &str) {
        let (tenancy, class, term) = (Billed::Shared, Class::Standard, Term::OneYear);
        let offer = ReservationOffer { instance_type: "m5.large".into(), zone: None, tenancy, class, term, payment };
        let price = offer.price(&self.sheet, "us-east-1").unwrap();
        let start = at(start);
        self.put(Reserved {
            id: "0000002a-0000-4000-8000-000000000000".into(),
            account: ACCOUNT.into(),
            offering: offer.id(),
            count,
            upfront: price.upfront,
            paid: None,
            hourly: price.hourly,
            purchased: Some(start),
            start,
            end: start.checked_add(SignedDuration::from_secs(term.seconds())).unwrap(),
            retired: None,
            deleted: None,
            tags: Default::default(),
        })
        .await;
    }

    async fn call<O: Operation>(&self, _: O, input: O::Input) -> Result<O::Output, freehold_wire::Error> {
        self.local.call::<O>(Principal::service_linked(ACCOUNT, "Test"), input).await
    }

    /// A day's or a month's sum of a metric, by what it is grouped by.
    async fn costs(&self, metric: &str, by: &str, (start, end): (&str, &str)) -> Vec<(String, Decimal)> {
        let input = ce::GetCostAndUsageRequest {
            time_period: period(start, end),
            granularity: Some("MONTHLY".into()),
            metrics: Some(vec![metric.into()]),
            group_by: Some(vec![group(by)]),
            ..Default::default()
        };
        let answer = self.call(op::GetCostAndUsage, input).await.unwrap();
        let groups = answer.results_by_time.unwrap().into_iter().flat_map(|result| result.groups.unwrap());
        let read = |group: ce::Group| {
            let amount = group.metrics.unwrap()[metric].amount.clone().unwrap();
            (group.keys.unwrap().concat(), usd(&amount))
        };
        groups.map(read).filter(|(_, amount)| !amount.is_zero()).collect()
    }
}

fn period(start: &str, end: &str) -> Option<ce::DateInterval> {
    Some(ce::DateInterval { start: Some(start.into()), end: Some(end.into()) })
}

fn group(key: &str) -> ce::GroupDefinition {
    ce::GroupDefinition { r#type: Some("DIMENSION".into()), key: Some(key.into()) }
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, Decimal)> {
    pairs.iter().map(|(name, amount)| ((*name).to_owned(), usd(amount))).collect()
}

const DAY: (&str, &str) = ("2026-11-10", "2026-11-11");

#[tokio::test]
async fn usage_without_commitments_is_charged_as_it_is_used() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    world.ran("222222222222", "i-2", "m5.large", "2026-11-10").await;
    for metric in ["UnblendedCost", "AmortizedCost", "BlendedCost", "NetUnblendedCost", "NetAmortizedCost"] {
        assert_eq!(world.costs(metric, "RECORD_TYPE", DAY).await, named(&[("Usage", "2.304")]), "{metric}");
    }
    assert_eq!(world.costs("UsageQuantity", "USAGE_TYPE", DAY).await, named(&[("BoxUsage:m5.large", "24")]));
    assert_eq!(world.costs("NormalizedUsageAmount", "INSTANCE_TYPE", DAY).await, named(&[("m5.large", "96")]));
    let service = "Amazon Elastic Compute Cloud - Compute";
    assert_eq!(world.costs("UnblendedCost", "SERVICE", DAY).await, named(&[(service, "2.304")]));
}

#[tokio::test]
async fn a_plan_paid_at_once_is_charged_when_it_is_bought_and_spread_over_its_hours() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    world.plan("0.1", Payment::AllUpfront, "2026-11-10T00:00:00Z").await;
    let unblended = world.costs("UnblendedCost", "RECORD_TYPE", DAY).await;
    let expected =
        [("SavingsPlanCoveredUsage", "2.304"), ("SavingsPlanNegation", "-2.304"), ("SavingsPlanUpfrontFee", "876")];
    assert_eq!(unblended, named(&expected));
    // 0.096 × 68 % an hour is used of the tenth of a dollar.
    let amortized = world.costs("AmortizedCost", "RECORD_TYPE", DAY).await;
    let expected = [("SavingsPlanCoveredUsage", "1.56672"), ("SavingsPlanRecurringFee", "0.83328")];
    assert_eq!(amortized, named(&expected));
    let next = world.costs("UnblendedCost", "RECORD_TYPE", ("2026-11-11", "2026-11-12")).await;
    assert_eq!(next, []);
    let next = world.costs("AmortizedCost", "RECORD_TYPE", ("2026-11-11", "2026-11-12")).await;
    assert_eq!(next, named(&[("SavingsPlanRecurringFee", "2.4")]));
}

#[tokio::test]
async fn what_is_promised_for_hours_to_come_is_not_charged_yet() {
    let world = World::new();
    world.plan("1", Payment::NoUpfront, "2026-11-30T10:30:00Z").await;
    // Hours from ten to the one under way.
    let charged = world.costs("UnblendedCost", "RECORD_TYPE", ("2026-11-01", "2026-12-01")).await;
    assert_eq!(charged, named(&[("SavingsPlanRecurringFee", "3")]));
}

#[tokio::test]
async fn reservations_are_told_of_by_what_they_pay_for() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    world.reserve(2, Payment::PartialUpfront, "2026-11-10T00:00:00Z").await;
    let unblended = world.costs("UnblendedCost", "RECORD_TYPE", DAY).await;
    // 252 at once and 0.0288 an hour, each of two.
    assert_eq!(unblended, named(&[("Recurring", "1.3824"), ("Upfront", "504")]));
    let quantity = world.costs("UsageQuantity", "PURCHASE_TYPE", DAY).await;
    assert_eq!(quantity, named(&[("Standard Reserved Instances", "24")]));
    let amortized = world.costs("AmortizedCost", "RECORD_TYPE", DAY).await;
    let whole: Decimal = amortized.iter().map(|(_, amount)| *amount).sum();
    assert_eq!(whole.round_dp(6), usd("2.763222"));
    assert_eq!(amortized[0].1, amortized[1].1);
}

#[tokio::test]
async fn half_of_two_reservations_is_half_used() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    world.reserve(2, Payment::NoUpfront, "2026-11-10T00:00:00Z").await;
    let input = ce::GetReservationUtilizationRequest {
        time_period: period(DAY.0, DAY.1),
        group_by: Some(vec![group("SUBSCRIPTION_ID")]),
        ..Default::default()
    };
    let answer = world.call(op::GetReservationUtilization, input.clone()).await.unwrap();
    let total = answer.total.unwrap();
    assert_eq!(total.utilization_percentage.as_deref(), Some("50"));
    assert_eq!((total.purchased_hours.as_deref(), total.unused_hours.as_deref()), (Some("48"), Some("24")));
    assert_eq!((total.purchased_units.as_deref(), total.total_actual_units.as_deref()), (Some("192"), Some("96")));
    // 0.06048 an hour each, where 0.096 is the price On-Demand.
    assert_eq!(total.total_amortized_fee.as_deref(), Some("2.90304"));
    assert_eq!(total.on_demand_cost_of_ri_hours_used.as_deref(), Some("2.304"));
    assert_eq!(total.net_ri_savings.as_deref(), Some("-0.59904"));
    assert_eq!(total.total_potential_ri_savings.as_deref(), Some("1.70496"));
    assert_eq!(total.realized_savings.as_deref(), Some("0.85248"));
    assert_eq!(total.ri_cost_for_unused_hours.as_deref(), Some("1.45152"));
    let time = answer.utilizations_by_time.unwrap().remove(0);
    let group = time.groups.unwrap().remove(0);
    assert_eq!(group.value.as_deref(), Some("42"));
    assert_eq!(group.attributes.unwrap()["numberOfInstances"], "2");
    let both = ce::GetReservationUtilizationRequest { granularity: Some("DAILY".into()), ..input };
    let refused = world.call(op::GetReservationUtilization, both).await.unwrap_err();
    assert_eq!(refused.code, "ValidationException");
}

#[tokio::test]
async fn a_larger_size_is_covered_in_part() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.xlarge", "2026-11-10").await;
    world.reserve(1, Payment::NoUpfront, "2026-11-10T00:00:00Z").await;
    let input = ce::GetReservationCoverageRequest {
        time_period: period(DAY.0, DAY.1),
        group_by: Some(vec![group("INSTANCE_TYPE")]),
        metrics: Some(["Hour", "Unit", "Cost"].map(String::from).to_vec()),
        ..Default::default()
    };
    let answer = world.call(op::GetReservationCoverage, input).await.unwrap();
    let total = answer.total.unwrap();
    let hours = total.coverage_hours.unwrap();
    assert_eq!((hours.reserved_hours.as_deref(), hours.on_demand_hours.as_deref()), (Some("12"), Some("12")));
    assert_eq!(hours.coverage_hours_percentage.as_deref(), Some("50"));
    assert_eq!(total.coverage_normalized_units.unwrap().total_running_normalized_units.as_deref(), Some("192"));
    assert_eq!(total.coverage_cost.unwrap().on_demand_cost.as_deref(), Some("2.304"));
    let group = answer.coverages_by_time.unwrap().remove(0).groups.unwrap().remove(0);
    assert_eq!(group.attributes.unwrap()["instanceType"], "m5.xlarge");
}

#[tokio::test]
async fn plans_are_told_of_by_how_far_they_were_used() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    world.plan("0.14016", Payment::NoUpfront, "2026-11-10T00:00:00Z").await;
    let input = ce::GetSavingsPlansUtilizationRequest { time_period: period(DAY.0, DAY.1), ..Default::default() };
    let answer = world.call(op::GetSavingsPlansUtilization, input).await.unwrap();
    let total = answer.total.unwrap();
    // 0.096 × 73 % is 0.07008: the half.
    let utilization = total.utilization.unwrap();
    assert_eq!(utilization.utilization_percentage.as_deref(), Some("50"));
    assert_eq!(utilization.total_commitment.as_deref(), Some("3.36384"));
    assert_eq!(total.savings.unwrap().net_savings.as_deref(), Some("-1.05984"));
    let input = ce::GetSavingsPlansCoverageRequest { time_period: period(DAY.0, DAY.1), ..Default::default() };
    let coverages = world.call(op::GetSavingsPlansCoverage, input).await.unwrap().savings_plans_coverages.unwrap();
    let coverage = coverages[0].coverage.as_ref().unwrap();
    assert_eq!(coverage.coverage_percentage.as_deref(), Some("100"));
    assert_eq!(coverage.spend_covered_by_savings_plans.as_deref(), Some("2.304"));
    let before =
        ce::GetSavingsPlansUtilizationRequest { time_period: period("2026-11-08", "2026-11-09"), ..Default::default() };
    let refused = world.call(op::GetSavingsPlansUtilization, before).await.unwrap_err();
    assert_eq!(refused.code, "DataUnavailableException");
}

#[tokio::test]
async fn what_runs_all_the_time_is_worth_a_plan() {
    let world = World::new();
    for day in 22..=30 {
        world.ran(ACCOUNT, &format!("i-{day}"), "m5.large", &format!("2026-11-{day}")).await;
    }
    let advice = async |kind: &str| {
        let input = ce::GetSavingsPlansPurchaseRecommendationRequest {
            savings_plans_type: Some(kind.into()),
            term_in_years: Some("ONE_YEAR".into()),
            payment_option: Some("ALL_UPFRONT".into()),
            lookback_period_in_days: Some("SEVEN_DAYS".into()),
            ..Default::default()
        };
        world.call(op::GetSavingsPlansPurchaseRecommendation, input).await
    };
    for (kind, commitment, saved) in [("COMPUTE_SP", "0.06528", "5.16096"), ("EC2_INSTANCE_SP", "0.05664", "6.61248")] {
        let answer = advice(kind).await.unwrap().savings_plans_purchase_recommendation.unwrap();
        let detail = answer.savings_plans_purchase_recommendation_details.unwrap().remove(0);
        // Commitments are recommended in tenths of a cent.
        let hourly = usd(detail.hourly_commitment_to_purchase.as_deref().unwrap());
        assert!((hourly - usd(commitment)).abs() <= usd("0.0005"), "{kind} {hourly}");
        let saving = usd(detail.estimated_savings_amount.as_deref().unwrap());
        assert!((saving - usd(saved)).abs() <= usd("0.15"), "{kind} {saving}");
        let summary = answer.savings_plans_purchase_recommendation_summary.unwrap();
        assert_eq!(summary.current_on_demand_spend.as_deref(), Some("16.128"));
        assert_eq!(summary.total_recommendation_count.as_deref(), Some("1"));
    }
    assert_eq!(advice("SAGEMAKER_SP").await.unwrap_err().code, "ValidationException");
}

#[tokio::test]
async fn tags_are_values_to_group_and_search_by() {
    let world = World::new();
    world.ran(ACCOUNT, "i-1", "m5.large", "2026-11-10").await;
    let tags = async |key: Option<&str>| {
        let input = ce::GetTagsRequest {
            time_period: period(DAY.0, DAY.1),
            tag_key: key.map(str::to_owned),
            ..Default::default()
        };
        world.call(op::GetTags, input).await.unwrap().tags.unwrap()
    };
    assert_eq!(tags(None).await, ["team"]);
    assert_eq!(tags(Some("team")).await, ["blue"]);
}
