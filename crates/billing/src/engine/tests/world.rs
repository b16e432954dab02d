//! A small region for tests: a price sheet that is typed in, and usage and commitments in few words.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::engine::{
    Biller, Charge, Hour, HourUsage, Instance, InstanceType, Pays, PlanKind, Platform, Prices, Product, Reservation,
    SavingsPlan, Scope, Tenancy,
};

pub const REGION: &str = "us-east-1";
pub const ACCOUNT: &str = "111111111111";
pub const OTHER_ACCOUNT: &str = "222222222222";
pub const HOURS_A_YEAR: i64 = 8760;

pub fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// An instance of a type in the first zone, on Linux, with shared tenancy.
pub fn linux(kind: &str) -> Product {
    linux_in(kind, "us-east-1a")
}

pub fn linux_in(kind: &str, zone: &str) -> Product {
    instance(kind, zone, Platform::Linux, Tenancy::Shared)
}

pub fn instance(kind: &str, zone: &str, platform: Platform, tenancy: Tenancy) -> Product {
    let kind = InstanceType::parse(kind, 2).unwrap();
    Product::Instance(Instance { kind, region: REGION.into(), zone: zone.into(), platform, tenancy })
}

/// Rates of a product: On-Demand, with a Compute plan, with an EC2 Instance plan.
type Rates = (Decimal, Option<Decimal>, Option<Decimal>);

#[derive(Default)]
pub struct World {
    rates: HashMap<Product, Rates>,
    products: Vec<Product>,
    usage: Vec<HourUsage>,
    reservations: Vec<Reservation>,
    plans: Vec<SavingsPlan>,
}

impl Prices for HashMap<Product, Rates> {
    fn on_demand(&self, product: &Product) -> Decimal {
        self[product].0
    }

    fn plan_rate(&self, plan: &SavingsPlan, product: &Product) -> Option<Decimal> {
        let (_, compute, of_instance) = self[product];
        if plan.kind == PlanKind::Compute { compute } else { of_instance }
    }
}

impl World {
    pub fn price(mut self, product: Product, on_demand: &str, compute: &str, of_instance: &str) -> Self {
        let rate = |text: &str| (!text.is_empty()).then(|| usd(text));
        self.rates.insert(product, (usd(on_demand), rate(compute), rate(of_instance)));
        self
    }

    pub fn uses(self, product: &Product, quantity: &str) -> Self {
        self.used_by(ACCOUNT, product, quantity)
    }

    pub fn used_by(mut self, account: &str, product: &Product, quantity: &str) -> Self {
        let at = self.products.iter().position(|known| known == product).unwrap_or(self.products.len());
        if at == self.products.len() {
            self.products.push(product.clone());
        }
        let resource: Arc<str> = format!("r-{}", self.usage.len()).into();
        self.usage.push(HourUsage { account: account.into(), resource, product: at, quantity: usd(quantity) });
        self
    }

    pub fn reserves(mut self, reservation: Reservation) -> Self {
        self.reservations.push(reservation);
        self
    }

    pub fn commits(mut self, plan: SavingsPlan) -> Self {
        self.plans.push(plan);
        self
    }

    pub fn biller(&self) -> Biller {
        Biller::new(self.products.clone(), self.reservations.clone(), self.plans.clone(), &self.rates)
    }

    pub fn bill(&self) -> Bill {
        self.bill_at(Hour(0))
    }

    pub fn bill_at(&self, hour: Hour) -> Bill {
        Bill { charges: self.biller().bill(hour, &self.usage), products: self.products.clone() }
    }
}

#[derive(Debug, PartialEq)]
pub struct Bill {
    pub charges: Vec<Charge>,
    products: Vec<Product>,
}

impl Bill {
    fn sum(&self, of: impl Fn(&Charge) -> Decimal) -> Decimal {
        self.charges.iter().map(of).sum()
    }

    pub fn total(&self) -> Decimal {
        self.sum(|charge| charge.amortized)
    }

    /// What no commitment pays for.
    pub fn metered(&self) -> Decimal {
        self.sum(|charge| if charge.pays == Pays::OnDemand { charge.amortized } else { Decimal::ZERO })
    }

    pub fn unused(&self) -> Decimal {
        self.sum(|charge| if charge.pays.is_unused() { charge.amortized } else { Decimal::ZERO })
    }

    /// What all of the usage would cost without commitments.
    pub fn list(&self) -> Decimal {
        self.sum(|charge| charge.on_demand)
    }

    /// Units of a product that somebody pays for.
    pub fn paid(&self, product: &Product, pays: Pays) -> Decimal {
        let is_it =
            |charge: &Charge| charge.pays == pays && charge.product.is_some_and(|at| self.products[at] == *product);
        self.sum(|charge| if is_it(charge) { charge.quantity } else { Decimal::ZERO })
    }

    pub fn paid_for(&self, account: &str, pays: Pays) -> Decimal {
        let is_it = |charge: &Charge| charge.pays == pays && *charge.account == *account;
        self.sum(|charge| if is_it(charge) { charge.quantity } else { Decimal::ZERO })
    }
}

/// For a year, no upfront, at 60 % of what the tests' types cost; regional.
pub fn reservation(kind: &str, count: u32) -> Reservation {
    Reservation {
        id: format!("ri-{kind}").into(),
        account: ACCOUNT.into(),
        kind: InstanceType::parse(kind, 2).unwrap(),
        scope: Scope::Region,
        region: REGION.into(),
        platform: Platform::Linux,
        tenancy: Tenancy::Shared,
        count,
        start: Hour(0),
        end: Hour(HOURS_A_YEAR),
        term_hours: HOURS_A_YEAR as u32,
        upfront: Decimal::ZERO,
        paid: Decimal::ZERO,
        hourly: usd("0.06"),
        offering: "reserved".into(),
    }
}

pub fn zonal(kind: &str, count: u32, zone: &str) -> Reservation {
    Reservation { id: format!("ri-{kind}-{zone}").into(), scope: Scope::Zone(zone.into()), ..reservation(kind, count) }
}

/// For a year, no upfront.
pub fn compute_plan(commitment: &str) -> SavingsPlan {
    SavingsPlan {
        id: format!("sp-compute-{commitment}").into(),
        account: ACCOUNT.into(),
        kind: PlanKind::Compute,
        start: Hour(0),
        end: Hour(HOURS_A_YEAR),
        commitment: usd(commitment),
        upfront: Decimal::ZERO,
        offering: "compute".into(),
    }
}

pub fn instance_plan(family: &str, commitment: &str) -> SavingsPlan {
    let kind = PlanKind::Ec2Instance { region: REGION.into(), family: family.to_owned() };
    SavingsPlan { id: format!("sp-{family}-{commitment}").into(), kind, ..compute_plan(commitment) }
}
