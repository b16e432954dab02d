use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::engine::{Instance, InstanceType, Platform, Product, Tenancy};
use crate::offers::{Class, Payment, PlanFamily, PlanOffer, ReservationOffer, Term};
use crate::sheet::TypeFacts;

struct Types;

impl InstanceTypes for Types {
    fn find(&self, name: &str) -> Option<TypeFacts> {
        let on_demand = match name {
            "m5.large" => Some(Decimal::new(96, 3)),
            "m5.xlarge" => Some(Decimal::new(192, 3)),
            "mac1.metal" => None,
            _ => return None,
        };
        Some(TypeFacts { vcpus: 2, on_demand })
    }

    fn names(&self) -> Vec<String> {
        ["m5.large", "m5.xlarge", "mac1.metal"].map(String::from).to_vec()
    }
}

const EC2_CSV: &str = include_str!("tests/ec2.csv");
const EC2_JSON: &str = include_str!("tests/ec2.json");
const PLANS_CSV: &str = include_str!("tests/plans.csv");
const PLANS_JSON: &str = include_str!("tests/plans.json");
const LAMBDA_JSON: &str = include_str!("tests/lambda.json");
const ELB_CSV: &str = include_str!("tests/elb.csv");

fn import() -> Import {
    Import::over(None, "us-east-1".into(), Arc::new(Types)).unwrap()
}

fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn instance(kind: &str, description: &str, tenancy: Tenancy) -> Instance {
    let (kind, platform) = (InstanceType::parse(kind, 2).unwrap(), Platform::parse(description));
    Instance { kind, region: "us-east-1".into(), zone: "".into(), platform, tenancy }
}

fn sheet_of(files: &[&str]) -> Sheet {
    let mut import = import();
    for file in files {
        import.read(file.as_bytes()).unwrap();
    }
    // As a region reads it.
    Sheet::read(&import.text().unwrap(), Arc::new(Types)).unwrap()
}

fn check_ec2(sheet: &Sheet) {
    let price = |kind, description, tenancy| sheet.instance(&instance(kind, description, tenancy));
    assert_eq!(price("m5.large", "Linux/UNIX", Tenancy::Shared), Some(usd("0.0961")));
    assert_eq!(price("m5.large", "Windows", Tenancy::Shared), Some(usd("0.1881")));
    assert_eq!(price("m5.large", "Linux/UNIX", Tenancy::Dedicated), Some(usd("0.1019")));
    // Of which the file says nothing.
    assert_eq!(price("m5.xlarge", "Linux/UNIX", Tenancy::Shared), Some(usd("0.192")));
    assert_eq!(sheet.host("m5"), Some(usd("5.07")));
    let reserved = |class, term, payment| {
        let (instance_type, zone, tenancy) = ("m5.large".into(), None, Tenancy::Shared);
        let offer = ReservationOffer { instance_type, zone, tenancy, class, term, payment };
        offer.price(sheet, "us-east-1").map(|price| (price.upfront, price.hourly)).unwrap()
    };
    use Payment::{AllUpfront, NoUpfront, PartialUpfront};
    assert_eq!(reserved(Class::Standard, Term::OneYear, PartialUpfront), (usd("246"), usd("0.0281")));
    assert_eq!(reserved(Class::Standard, Term::ThreeYears, AllUpfront), (usd("971"), Decimal::ZERO));
    assert_eq!(reserved(Class::Convertible, Term::OneYear, NoUpfront), (Decimal::ZERO, usd("0.0689")));
    let volume = |name: &str| Product::Other {
        region: "us-east-1".into(),
        service: "AmazonEC2".into(),
        usage_type: name.into(),
    };
    assert_eq!(sheet.list_price(&volume("EBS:VolumeUsage.gp3")), Some(usd("0.081")));
    assert_eq!(sheet.list_price(&volume("EBS:VolumeUsage.gp2")), Some(usd("0.1")));
    assert_eq!(sheet.date(), "2025-09-12");
}

#[test]
fn prices_of_instances_are_read_from_csv() {
    let imported = import().read(EC2_CSV.as_bytes()).unwrap();
    assert_eq!((&*imported.offer, &*imported.date, imported.taken), ("AmazonEC2", "2025-09-12", 8));
    use LeftOut::{NotInUsd, OtherProduct, OtherRegion, OtherTerm, UnknownType};
    let left_out = [(OtherRegion, 1), (OtherProduct, 2), (UnknownType, 1), (NotInUsd, 1), (OtherTerm, 1)];
    assert_eq!(imported.left_out, left_out);
    check_ec2(&sheet_of(&[EC2_CSV]));
}

#[test]
fn prices_of_instances_are_read_from_json() {
    let imported = import().read(EC2_JSON.as_bytes()).unwrap();
    assert_eq!((&*imported.offer, &*imported.date, imported.taken), ("AmazonEC2", "2025-09-12", 8));
    check_ec2(&sheet_of(&[EC2_JSON]));
}

#[test]
fn rates_of_savings_plans_are_read_from_both() {
    for file in [PLANS_CSV, PLANS_JSON] {
        let sheet = sheet_of(&[file]);
        let rate = |family, term, payment, product: Product| {
            sheet.offered_rate(&PlanOffer { family, term, payment }, &product)
        };
        let linux = || Product::Instance(instance("m5.large", "Linux/UNIX", Tenancy::Shared));
        let windows = || Product::Instance(instance("m5.large", "Windows", Tenancy::Dedicated));
        let memory = || Product::LambdaDuration { region: "us-east-1".into(), is_arm: true };
        let m5 = || PlanFamily::Ec2Instance("m5".into());
        let (one, three) = (Term::OneYear, Term::ThreeYears);
        assert_eq!(rate(PlanFamily::Compute, one, Payment::NoUpfront, linux()), Some(usd("0.0709")));
        assert_eq!(rate(PlanFamily::Compute, one, Payment::NoUpfront, memory()), Some(usd("0.0000117334")));
        assert_eq!(rate(m5(), three, Payment::PartialUpfront, windows()), Some(usd("0.1342")));
        assert_eq!(rate(PlanFamily::Compute, three, Payment::AllUpfront, linux()), Some(usd("0.04416")), "as for most");
    }
}

#[test]
fn of_tiers_the_first_that_costs_anything_is_taken() {
    let imported = import().read(LAMBDA_JSON.as_bytes()).unwrap();
    assert_eq!(imported.left_out, [(LeftOut::OtherRegion, 1), (LeftOut::FurtherTier, 2)]);
    let sheet = sheet_of(&[LAMBDA_JSON]);
    let region = || "us-east-1".into();
    assert_eq!(
        sheet.list_price(&Product::LambdaDuration { region: region(), is_arm: false }),
        Some(usd("0.0000166668"))
    );
    assert_eq!(sheet.list_price(&Product::LambdaRequests { region: region() }), Some(usd("0.00000021")));
}

#[test]
fn balancers_units_are_those_of_their_kind() {
    let sheet = sheet_of(&[ELB_CSV]);
    let price = |name: &str| {
        let (region, service) = ("us-east-1".into(), "AWSELB".into());
        sheet.list_price(&Product::Other { region, service, usage_type: name.into() })
    };
    assert_eq!(price("LCUUsage:Application"), Some(usd("0.0081")));
    assert_eq!(price("LCUUsage:Network"), Some(usd("0.0061")));
    assert_eq!(price("LoadBalancerUsage"), Some(usd("0.026")));
}

#[test]
fn one_file_after_the_other_adds_up() {
    let together = sheet_of(&[EC2_CSV, PLANS_JSON, LAMBDA_JSON]);
    check_ec2(&Sheet::read(&import_over(&[PLANS_CSV, EC2_JSON]), Arc::new(Types)).unwrap());
    let linux = instance("m5.large", "Linux/UNIX", Tenancy::Shared);
    let offer = PlanOffer { family: PlanFamily::Compute, term: Term::OneYear, payment: Payment::NoUpfront };
    assert_eq!(together.instance(&linux), Some(usd("0.0961")));
    assert_eq!(together.offered_rate(&offer, &Product::Instance(linux)), Some(usd("0.0709")));
    // The later file's price counts, and what it does not say stays.
    let newer = EC2_CSV.replace("0.0961000000", "0.0959");
    let sheet = sheet_of(&[EC2_CSV, &newer]);
    assert_eq!(sheet.instance(&instance("m5.large", "Linux/UNIX", Tenancy::Shared)), Some(usd("0.0959")));
}

/// Each over what the one before wrote.
fn import_over(files: &[&str]) -> String {
    files.iter().fold(import().text().unwrap(), |before, file| {
        let mut import = Import::over(Some(&before), "us-east-1".into(), Arc::new(Types)).unwrap();
        import.read(file.as_bytes()).unwrap();
        import.text().unwrap()
    })
}

#[test]
fn a_mark_before_the_text_changes_nothing() {
    for file in [EC2_JSON, EC2_CSV] {
        let imported = import().read(format!("\u{feff}{file}").as_bytes()).unwrap();
        assert_eq!(imported, import().read(file.as_bytes()).unwrap());
    }
}

#[test]
fn the_same_file_again_changes_nothing() {
    assert_eq!(import_over(&[EC2_CSV, EC2_CSV]), import_over(&[EC2_CSV]));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_changes_nothing() {
    let cases = [
        (EC2_CSV.replace("0.0961000000", "0.0x"), "line 7: \"0.0x\" is not a price"),
        (EC2_CSV.replace("0.0281000000", "x").replace('\n', "\r\n"), "line 8: \"x\" is not a price"),
        (EC2_CSV.replace("0.0961000000", "-1"), "line 7: -1 is less than nothing"),
        (EC2_CSV.replace("\"PricePerUnit\"", "\"Price\""), "line 6: there is no column PricePerUnit"),
        (EC2_CSV[..EC2_CSV.len() - 200].to_owned(), "fields where"),
        ("a,b\nc,d\n".to_owned(), "no row of names begins with SKU"),
        (String::new(), "no row of names begins with SKU"),
        (EC2_JSON.replace("0.0961000000", "0.0x"), "is not a price at line"),
        (EC2_JSON[..EC2_JSON.len() / 2].to_owned(), "EOF while parsing"),
        (EC2_JSON.replace("\"products\"", "\"goods\""), "the terms come before the products"),
        ("{}".to_owned(), "there are no products with terms"),
        (format!("{EC2_JSON} x"), "trailing characters"),
        (
            PLANS_JSON.replace("\"sku\": \"COMPUTE\",\n        \"desc", "\"sku\": \"OTHER\",\n        \"desc"),
            "not among",
        ),
        (EC2_CSV.replace("us-east-1", "eu-west-1"), "it has no price for this region; 0 prices taken; left out: 15"),
    ];
    let before = import().text().unwrap();
    for (file, why) in cases {
        let mut import = import();
        let error = import.read(file.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(why), "{why:?}: {error}");
        assert_eq!(import.text().unwrap(), before, "{why}");
    }
}

#[test]
fn a_sheet_that_is_none_is_not_imported_over() {
    assert!(Import::over(Some("date = 1"), "us-east-1".into(), Arc::new(Types)).is_err());
}

/// A price in a file: which product it is for, under which term, and USD in millionths.
#[derive(Debug, Clone)]
struct Priced {
    product: usize,
    term: usize,
    micros: u64,
}

/// Usage type, operation and region.
const PRODUCTS: [(&str, &str, &str); 8] = [
    ("BoxUsage:m5.large", "RunInstances", "us-east-1"),
    ("BoxUsage:m5.large", "RunInstances:0002", "us-east-1"),
    ("USE1-DedicatedUsage:m5.xlarge", "RunInstances", "us-east-1"),
    ("BoxUsage:m9.huge", "RunInstances", "us-east-1"),
    ("HostUsage:m5", "RunInstances", "us-east-1"),
    ("EBS:VolumeUsage.gp3", "", "us-east-1"),
    ("EUW2-EBS:VolumeUsage.gp3", "", "eu-west-2"),
    ("EBSOptimized:m1.large", "Hourly", "us-east-1"),
];
/// Length, payment, class; the first is On-Demand.
const TERMS: [(&str, &str, &str); 5] = [
    ("", "", ""),
    ("1yr", "No Upfront", "standard"),
    ("3yr", "Partial Upfront", "convertible"),
    ("1yr", "All Upfront", "convertible"),
    ("5yr", "All Upfront", "standard"),
];

fn as_csv(prices: &[Priced]) -> String {
    let mut text = "\"FormatVersion\",\"v1.0\"\n\"Disclaimer\",\"none\"\n\"Publication Date\",\"2025-09-12T22:53:08Z\"\n\"Version\",\"1\"\n\"OfferCode\",\"AmazonEC2\"\n".to_owned();
    text.push_str("\"SKU\",\"TermType\",\"StartingRange\",\"Unit\",\"PricePerUnit\",\"Currency\",\"LeaseContractLength\",\"PurchaseOption\",\"OfferingClass\",\"serviceCode\",\"usageType\",\"operation\",\"Region Code\"\n");
    for Priced { product, term, micros } in prices {
        let (usage, operation, region) = PRODUCTS[*product];
        let (length, payment, class) = TERMS[*term];
        let kind = if *term == 0 { "OnDemand" } else { "Reserved" };
        let unit = if payment == "All Upfront" { "Quantity" } else { "Hrs" };
        let usd = Decimal::new(*micros as i64, 6);
        writeln!(
            text,
            "P{product},{kind},0,{unit},{usd},USD,{length},{payment},{class},AmazonEC2,{usage},{operation},{region}"
        )
        .unwrap();
    }
    text
}

fn as_json(prices: &[Priced]) -> String {
    let mut products = serde_json::Map::new();
    let (mut on_demand, mut reserved) = (serde_json::Map::new(), serde_json::Map::new());
    for Priced { product, term, micros } in prices {
        let (usagetype, operation, region) = PRODUCTS[*product];
        let (length, payment, class) = TERMS[*term];
        let sku = format!("P{product}");
        let attributes = serde_json::json!({ "servicecode": "AmazonEC2", "usagetype": usagetype, "operation": operation, "regionCode": region });
        products.insert(sku.clone(), serde_json::json!({ "sku": sku, "productFamily": "x", "attributes": attributes }));
        let unit = if payment == "All Upfront" { "Quantity" } else { "Hrs" };
        let price = serde_json::json!({ "unit": unit, "beginRange": "0", "pricePerUnit": { "USD": Decimal::new(*micros as i64, 6).to_string() } });
        let attributes = if *term == 0 {
            serde_json::json!({})
        } else {
            serde_json::json!({ "LeaseContractLength": length, "PurchaseOption": payment, "OfferingClass": class })
        };
        let value = serde_json::json!({ "priceDimensions": { format!("{sku}.{term}.R"): price }, "termAttributes": attributes });
        let of = if *term == 0 { &mut on_demand } else { &mut reserved };
        let terms = of.entry(sku.clone()).or_insert_with(|| serde_json::json!({}));
        terms.as_object_mut().unwrap().insert(format!("{sku}.{term}"), value);
    }
    let (products, terms) =
        (serde_json::Value::Object(products), serde_json::json!({ "OnDemand": on_demand, "Reserved": reserved }));
    // As AWS orders it.
    format!(
        r#"{{"offerCode":"AmazonEC2","publicationDate":"2025-09-12T22:53:08Z","products":{products},"terms":{terms}}}"#
    )
}

proptest! {
    #[test]
    fn json_and_csv_of_the_same_prices_make_the_same_sheet(
        prices in prop::collection::btree_map((0..PRODUCTS.len(), 0..TERMS.len()), 0_u64..10_000_000, 0..30)
    ) {
        let prices: Vec<_> =
            prices.into_iter().map(|((product, term), micros)| Priced { product, term, micros }).collect();
        let read = |file: &str| {
            let mut import = import();
            let imported = import.read(file.as_bytes()).map(|imported| imported.taken).map_err(|error| matches!(error, Error::Nothing(_)));
            (imported, import.text().unwrap())
        };
        prop_assert_eq!(read(&as_csv(&prices)), read(&as_json(&prices)));
    }

    #[test]
    fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0..4000_usize) {
        let _ = import().read(&*bytes);
        let _ = import().read(EC2_JSON.get(..cut.min(EC2_JSON.len())).unwrap_or_default().as_bytes());
        let _ = import().read(EC2_CSV.get(..cut.min(EC2_CSV.len())).unwrap_or_default().as_bytes());
    }
}
