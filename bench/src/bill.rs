//! How long it takes to bill a simulated year: 200 instances that ran all along, 20 reservations and 20 plans, hour by hour,
//! summed up by month, service and purchase option. There is no peer: no other emulator bills.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use freehold_billing::bill::{Bill, Commitments, Dimension, Rate, Span, Timeline};
use freehold_billing::engine::{
    Hour, Instance, InstanceType, PlanKind, Platform, Prices, Product, Reservation, SavingsPlan, Scope, Tenancy,
};
use rust_decimal::Decimal;

use crate::table::Table;

const ACCOUNT: &str = "111111111111";
const REGION: &str = "us-east-1";
const INSTANCES: usize = 200;
const COMMITMENTS: usize = 20;
const YEAR: i64 = 365 * 24;
const FAMILIES: [&str; 5] = ["c5", "m5", "m6i", "r5", "t3"];
const SIZES: [&str; 4] = ["large", "xlarge", "2xlarge", "4xlarge"];
const RUNS: usize = 5;

/// A dollar an hour for a large; plans take off 30 and 40 percent.
struct PerUnit;

impl Prices for PerUnit {
    fn on_demand(&self, product: &Product) -> Decimal {
        match product {
            Product::Instance(instance) => instance.kind.units() / Decimal::from(4),
            _ => Decimal::ZERO,
        }
    }

    fn plan_rate(&self, plan: &SavingsPlan, product: &Product) -> Option<Decimal> {
        let percent = if plan.kind == PlanKind::Compute { 70 } else { 60 };
        Some(self.on_demand(product) * Decimal::new(percent, 2))
    }
}

/// Bills the year a few times and prints the table.
pub fn run() -> Result<()> {
    let mut table = Table::default();
    let mut times = Vec::new();
    let mut lines = 0;
    for _ in 0..RUNS {
        let started = Instant::now();
        let bill = Bill::new(usage(), commitments(), &PerUnit);
        let by = [Dimension::Month, Dimension::Service, Dimension::Option];
        lines = bill.group(Hour(0), Hour(YEAR), &by).len();
        times.push(started.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let shape =
        format!("a year of {INSTANCES} instances, {COMMITMENTS} plans, {COMMITMENTS} reservations ({lines} lines)");
    table.add(&shape, "freehold", format!("{:.2} s", times[RUNS / 2]), "< 5 s");
    println!("{table}");
    Ok(())
}

fn kind(at: usize) -> InstanceType {
    InstanceType { family: FAMILIES[at % 5].to_owned(), size: SIZES[at / 5 % 4].to_owned(), vcpus: 2 }
}

fn zone(at: usize) -> Arc<str> {
    format!("{REGION}{}", ["a", "b"][at / 20 % 2]).into()
}

fn usage() -> Timeline {
    let mut timeline = Timeline::default();
    for at in 0..INSTANCES {
        let (region, zone) = (REGION.into(), zone(at));
        let instance = Instance { kind: kind(at), region, zone, platform: Platform::Linux, tenancy: Tenancy::Shared };
        let product = timeline.product(Product::Instance(instance));
        // They begin and end a few minutes apart, so that the edges are no whole hours.
        let (from, to) = (at as i64 * 60, YEAR * 3600 - at as i64 * 45);
        let (account, resource) = (ACCOUNT.into(), format!("i-{at:017x}").into());
        timeline.add(Span { account, resource, product, rate: Rate::Hourly(Decimal::ONE), from, to });
    }
    timeline
}

fn commitments() -> Commitments {
    let reservation = |at: usize| Reservation {
        id: format!("ri-{at}").into(),
        account: ACCOUNT.into(),
        kind: kind(at),
        scope: if at.is_multiple_of(2) { Scope::Region } else { Scope::Zone(zone(at)) },
        region: REGION.into(),
        platform: Platform::Linux,
        tenancy: Tenancy::Shared,
        count: 2,
        start: Hour(0),
        end: Hour(YEAR),
        term_hours: YEAR as u32,
        upfront: Decimal::ZERO,
        paid: Decimal::ZERO,
        hourly: kind(at).units() * Decimal::new(15, 2),
        offering: "reserved".into(),
    };
    let plan = |at: usize| SavingsPlan {
        id: format!("sp-{at}").into(),
        account: ACCOUNT.into(),
        kind: if at.is_multiple_of(2) {
            PlanKind::Compute
        } else {
            PlanKind::Ec2Instance { region: REGION.into(), family: FAMILIES[at % 5].to_owned() }
        },
        // Bought one after the other, so that no two months are alike.
        start: Hour(at as i64 * 300),
        end: Hour(at as i64 * 300 + YEAR),
        commitment: Decimal::new(25, 1),
        upfront: Decimal::ZERO,
        offering: "plan".into(),
    };
    Commitments {
        reservations: (0..COMMITMENTS).map(reservation).collect(),
        plans: (0..COMMITMENTS).map(plan).collect(),
    }
}
