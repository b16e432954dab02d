use std::sync::Arc;

use super::*;
use crate::engine::{FargatePlatform, Hour};
use crate::engine::{Instance, InstanceType, PlanKind, Platform, Prices, Product, SavingsPlan, Tenancy};
use crate::offers::{Class, Payment, PlanFamily, PlanOffer, ReservationOffer, Term};

struct Types;

impl InstanceTypes for Types {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        let (vcpus, on_demand) = match name {
            "m5.large" => (2, Some("0.096")),
            "m5.24xlarge" => (96, Some("4.608")),
            "mac1.metal" => (12, None),
            _ => return None,
        };
        Some(TypeFacts { vcpus, on_demand: on_demand.map(usd) })
    }

    fn names(&self) -> Vec<String> {
        ["m5.24xlarge", "m5.large", "mac1.metal"].map(String::from).to_vec()
    }
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn sheet() -> Sheet {
    Sheet::builtin(Arc::new(Types)).unwrap()
}

fn instance(kind: &str, platform: Platform, tenancy: Tenancy) -> Instance {
    let kind = InstanceType::parse(kind, 2).unwrap();
    Instance { kind, region: "us-east-1".into(), zone: "us-east-1a".into(), platform, tenancy }
}

fn plan(family: PlanFamily, term: Term, payment: Payment) -> SavingsPlan {
    let kind = match &family {
        PlanFamily::Compute => PlanKind::Compute,
        PlanFamily::Ec2Instance(family) => PlanKind::Ec2Instance { region: "us-east-1".into(), family: family.clone() },
    };
    SavingsPlan {
        id: "sp".into(),
        account: "111111111111".into(),
        kind,
        start: Hour(0),
        end: Hour(8760),
        commitment: Decimal::ONE,
        upfront: Decimal::ZERO,
        offering: PlanOffer { family, term, payment }.id().into(),
    }
}

#[test]
fn an_instance_costs_what_its_system_and_tenancy_do() {
    let sheet = sheet();
    let windows = || Platform::Other("Windows".into());
    let price = |kind, platform, tenancy| sheet.instance(&instance(kind, platform, tenancy));
    assert_eq!(price("m5.large", Platform::Linux, Tenancy::Shared), Some(usd("0.096")));
    assert_eq!(price("m5.large", windows(), Tenancy::Shared), Some(usd("0.188")));
    assert_eq!(price("m5.large", Platform::Linux, Tenancy::Dedicated), Some(usd("0.10176")));
    assert_eq!(price("m5.large", Platform::Linux, Tenancy::Host), Some(Decimal::ZERO));
    assert_eq!(price("m5.large", Platform::Other("BeOS".into()), Tenancy::Shared), None);
    assert_eq!(price("mac1.metal", Platform::Linux, Tenancy::Shared), None);
    assert_eq!(price("m5.huge", Platform::Linux, Tenancy::Shared), None);
    assert_eq!(sheet.host("m5"), Some(usd("5.0688")));
}

#[test]
fn every_flat_rate_is_found_by_its_name() {
    let sheet = sheet();
    for (service, usage_type, _, price) in sheet.flat_rates() {
        let product =
            Product::Other { region: "us-east-1".into(), service: service.into(), usage_type: usage_type.into() };
        assert_eq!(sheet.list_price(&product), Some(price), "{usage_type}");
    }
}

#[test]
fn plans_lower_rates_by_their_kind_term_and_payment() {
    let sheet = sheet();
    let linux = Product::Instance(instance("m5.large", Platform::Linux, Tenancy::Shared));
    let cpu = Product::FargateCpu { region: "us-east-1".into(), platform: FargatePlatform::LinuxX86 };
    let requests = Product::LambdaRequests { region: "us-east-1".into() };
    let of_m5 = plan(PlanFamily::Ec2Instance("m5".into()), Term::ThreeYears, Payment::AllUpfront);
    let compute = plan(PlanFamily::Compute, Term::OneYear, Payment::NoUpfront);
    assert_eq!(sheet.plan_rate(&of_m5, &linux), Some(usd("0.03648")));
    assert_eq!(sheet.plan_rate(&compute, &linux), Some(usd("0.07008")));
    assert_eq!(sheet.plan_rate(&compute, &cpu), Some(usd("0.034408")));
    assert_eq!(sheet.plan_rate(&compute, &requests), Some(usd("0.0000002")));
    let unknown = SavingsPlan { offering: "nothing".into(), ..compute };
    assert_eq!(sheet.plan_rate(&unknown, &linux), None);
}

#[test]
fn the_more_is_promised_the_less_it_costs() {
    let sheet = sheet();
    for of in [Discounted::InstancePlan, Discounted::ComputePlan, Discounted::Fargate, Discounted::Lambda] {
        for family in ["m5", "p4d", "t3"] {
            let shares = |term| Payment::ALL.map(|payment| sheet.share(of, family, term, payment).unwrap());
            let (one, three) = (shares(Term::OneYear), shares(Term::ThreeYears));
            assert!(one.is_sorted_by(|a, b| a > b) && three.is_sorted_by(|a, b| a > b), "{of:?} {family}");
            assert!(one.iter().zip(three).all(|(one, three)| three <= *one), "{of:?} {family}");
            // *Up to 72 percent off*
            assert!(three[2] >= usd("0.28"), "{of:?} {family}");
        }
    }
}

#[test]
fn offers_are_found_by_their_ids() {
    let sheet = sheet();
    let plans: Vec<_> = sheet.offers().plans().collect();
    assert_eq!(plans.len(), (1 + 2) * 6);
    for plan in plans {
        assert_eq!(sheet.offers().plan(&plan.id()), Some(plan));
    }
    for zone in [None, Some('b')] {
        for tenancy in [Tenancy::Shared, Tenancy::Dedicated] {
            for class in Class::ALL {
                let (instance_type, term, payment) = ("m5.large".into(), Term::ThreeYears, Payment::PartialUpfront);
                let offer = ReservationOffer { instance_type, zone, tenancy, class, term, payment };
                assert_eq!(ReservationOffer::parse(&offer.id(), &Types), Some(offer));
            }
        }
    }
    assert_eq!(sheet.offers().plan(&freehold_core::ids::uuid()), None);
}

#[test]
fn what_is_paid_for_a_reservation_follows_from_how() {
    let sheet = sheet();
    let price = |payment| {
        let (zone, tenancy, class, term) = (None, Tenancy::Shared, Class::Standard, Term::OneYear);
        let offer = ReservationOffer { instance_type: "m5.large".into(), zone, tenancy, class, term, payment };
        offer.price(&sheet, "us-east-1").map(|price| (price.upfront, price.hourly))
    };
    assert_eq!(price(Payment::NoUpfront), Some((Decimal::ZERO, usd("0.06048"))));
    assert_eq!(price(Payment::PartialUpfront), Some((usd("252"), usd("0.0288"))));
    assert_eq!(price(Payment::AllUpfront), Some((usd("496"), Decimal::ZERO)));
}

#[test]
fn a_file_with_a_mistake_is_named() {
    let wrong = BUILTIN.replace("host_factor", "hosts_factor");
    let error = Sheet::read(&wrong, Arc::new(Types)).err().unwrap().to_string();
    assert!(error.contains("hosts_factor"), "{error}");
}

/// Prices of single products, as an import leaves them.
const PUBLISHED: &str = r#"
[[instance]]
type = "m5.large"
description = "Linux/UNIX"
tenancy = "shared"
usd = "0.1"
compute.one_year = { no_upfront = "0.071" }
ec2_instance.three_years = { all_upfront = "0.04" }
standard.one_year = { partial_upfront = { upfront = "246.5", hourly = "0.02812" }, all_upfront = { upfront = "480" } }

[[instance]]
type = "mac1.metal"
description = "Linux/UNIX"
tenancy = "dedicated"
usd = "1.083"

[[host]]
family = "m5"
usd = "5.1"
compute.one_year = { no_upfront = "3.8" }

[[plan]]
usage_type = "Fargate-vCPU-Hours:perCPU"
compute.one_year = { no_upfront = "0.0331" }
"#;

fn with_published(more: &str) -> Result<Sheet, Unreadable> {
    Sheet::read(&[BUILTIN, more].concat(), Arc::new(Types))
}

#[test]
fn what_is_known_of_a_single_type_goes_before_what_holds_for_most() {
    let sheet = with_published(PUBLISHED).unwrap();
    let large = |tenancy| instance("m5.large", Platform::Linux, tenancy);
    assert_eq!(sheet.instance(&large(Tenancy::Shared)), Some(usd("0.1")));
    // What is not said of it follows from what is.
    assert_eq!(sheet.instance(&large(Tenancy::Dedicated)), Some(usd("0.106")));
    assert_eq!(sheet.instance(&instance("mac1.metal", Platform::Linux, Tenancy::Dedicated)), Some(usd("1.083")));
    assert_eq!(sheet.host("m5"), Some(usd("5.1")));
    let rate =
        |family, term, payment, product: Product| sheet.offered_rate(&PlanOffer { family, term, payment }, &product);
    let (m5, region) = (|| PlanFamily::Ec2Instance("m5".into()), || "us-east-1".into());
    let shared = || Product::Instance(large(Tenancy::Shared));
    let (one, three, no, all) = (Term::OneYear, Term::ThreeYears, Payment::NoUpfront, Payment::AllUpfront);
    assert_eq!(rate(PlanFamily::Compute, one, no, shared()), Some(usd("0.071")));
    assert_eq!(rate(PlanFamily::Compute, one, all, shared()), Some(usd("0.068")));
    assert_eq!(rate(m5(), three, all, shared()), Some(usd("0.04")));
    assert_eq!(rate(m5(), one, no, shared()), Some(usd("0.063")));
    let host = || Product::Host { region: region(), family: "m5".into() };
    assert_eq!(rate(PlanFamily::Compute, one, no, host()), Some(usd("3.8")));
    let cpu = || Product::FargateCpu { region: region(), platform: FargatePlatform::LinuxX86 };
    assert_eq!(rate(PlanFamily::Compute, one, no, cpu()), Some(usd("0.0331")));
    assert_eq!(rate(PlanFamily::Compute, one, all, cpu()), Some(usd("0.0315744")));
}

#[test]
fn a_reservation_costs_what_is_said_of_its_type() {
    let sheet = with_published(PUBLISHED).unwrap();
    let price = |class, payment| {
        let (zone, tenancy, term) = (None, Tenancy::Shared, Term::OneYear);
        let offer = ReservationOffer { instance_type: "m5.large".into(), zone, tenancy, class, term, payment };
        offer.price(&sheet, "us-east-1").map(|price| (price.upfront, price.hourly)).unwrap()
    };
    assert_eq!(price(Class::Standard, Payment::PartialUpfront), (usd("246.5"), usd("0.02812")));
    assert_eq!(price(Class::Standard, Payment::AllUpfront), (usd("480"), Decimal::ZERO));
    assert_eq!(price(Class::Standard, Payment::NoUpfront), (Decimal::ZERO, usd("0.063")));
    assert_eq!(price(Class::Convertible, Payment::NoUpfront), (Decimal::ZERO, usd("0.073")));
}

#[test]
fn what_is_said_of_a_type_has_no_unknown_words() {
    for (right, wrong) in [("tenancy = \"shared\"", "tenancy = \"mine\""), ("usd = \"0.1\"", "us = \"0.1\"")] {
        assert!(with_published(&PUBLISHED.replacen(right, wrong, 1)).is_err(), "{wrong}");
    }
    assert!(with_published(&PUBLISHED.replacen("no_upfront", "free", 1)).is_err());
}

#[test]
fn a_sheet_that_is_written_and_read_is_the_same() {
    let file = File::read(&[BUILTIN, PUBLISHED].concat()).unwrap();
    let text = toml::to_string(&file).unwrap();
    assert_eq!(File::read(&text).unwrap(), file);
}

#[test]
fn the_fee_for_dedicated_instances_is_listed() {
    let fee = sheet().flat_rates().find(|(_, usage_type, ..)| *usage_type == REGION_FEE.1).map(|rate| rate.3);
    assert_eq!(fee, Some(usd("2")));
}
