//! Products that plans have rates for, and what AWS calls them.

use std::collections::HashMap;

use freehold_billing::Ledger;
use freehold_billing::bill::Described;
pub use freehold_billing::bill::{operation, operation_of};
use freehold_billing::engine::{FargatePlatform, Instance, Platform, Product, Region, Tenancy};
use freehold_billing::offers::{PlanFamily, PlanOffer};

/// As plans' rates write it.
pub fn tenancy_of(tenancy: Tenancy) -> &'static str {
    match tenancy {
        Tenancy::Shared => "shared",
        Tenancy::Dedicated => "dedicated",
        Tenancy::Host => "host",
    }
}

/// Of `EC2`, `Fargate` and `Lambda`; `None` for what no plan pays for.
pub fn product_type(product: &Product) -> Option<&'static str> {
    Some(match product {
        Product::Instance(_) | Product::Room(_) | Product::Host { .. } => "EC2",
        Product::FargateCpu { .. } | Product::FargateMemory { .. } => "Fargate",
        Product::LambdaDuration { .. }
        | Product::LambdaProvisioned { .. }
        | Product::LambdaOnProvisioned { .. }
        | Product::LambdaRequests { .. } => "Lambda",
        Product::Spot { .. } | Product::Other { .. } => return None,
    })
}

/// The unit of a plan's rate (*Savings Plans API reference, SavingsPlanRate: unit*).
pub fn unit(product: &Product) -> &'static str {
    match product {
        Product::LambdaRequests { .. } => "Request",
        other => Described::of(other).unit,
    }
}

/// Names and values that tell rates apart (*Savings Plans API reference, SavingsPlanRateProperty*).
pub fn properties(product: &Product) -> Vec<(&'static str, String)> {
    let mut found = vec![("region", product.region().to_string())];
    match product {
        Product::Instance(Instance { kind, platform, tenancy, .. })
        | Product::Room(Instance { kind, platform, tenancy, .. }) => found.extend([
            ("instanceType", kind.to_string()),
            ("instanceFamily", kind.family.clone()),
            ("productDescription", platform.to_string()),
            ("tenancy", tenancy_of(*tenancy).to_owned()),
        ]),
        Product::Host { family, .. } => {
            found.extend([("instanceFamily", family.clone()), ("tenancy", tenancy_of(Tenancy::Host).to_owned())]);
        }
        _ => {}
    }
    found
}

/// Every product of the region that some plan may pay for, always in the same order. Room that nobody uses has the rate of
/// the instance that it is kept for.
pub struct Products {
    all: Vec<Product>,
    /// Those that a plan for the family may pay for.
    by_family: HashMap<String, Vec<Product>>,
}

impl Products {
    pub fn of(ledger: &Ledger) -> Self {
        let all: Vec<_> = instances(ledger).chain(hosts(ledger)).chain(without_instances(ledger.region())).collect();
        let mut by_family: HashMap<String, Vec<Product>> = HashMap::new();
        for product in &all {
            let family = match product {
                Product::Instance(instance) | Product::Room(instance) => &instance.kind.family,
                Product::Host { family, .. } => family,
                _ => continue,
            };
            by_family.entry(family.clone()).or_default().push(product.clone());
        }
        Self { all, by_family }
    }

    /// Those that a plan of this offer may pay for.
    pub fn of_offer(&self, offer: &PlanOffer) -> &[Product] {
        match &offer.family {
            PlanFamily::Compute => &self.all,
            PlanFamily::Ec2Instance(family) => self.by_family.get(family).map_or(&[], Vec::as_slice),
        }
    }
}

/// Instances of all types, systems and tenancies.
pub fn instances(ledger: &Ledger) -> impl Iterator<Item = Product> {
    let region = ledger.region();
    let platforms: Vec<_> =
        std::iter::once(Platform::Linux).chain(ledger.sheet().platforms().map(Platform::parse)).collect();
    ledger.types().names().into_iter().filter_map(|name| ledger.types().parse(&name)).flat_map(move |kind| {
        let each = |platform: &Platform, tenancy| {
            let (kind, region, zone, platform) = (kind.clone(), region.clone(), "".into(), platform.clone());
            Product::Instance(Instance { kind, region, zone, platform, tenancy })
        };
        let both = |platform| [Tenancy::Shared, Tenancy::Dedicated].map(|tenancy| each(platform, tenancy));
        platforms.iter().flat_map(both).collect::<Vec<_>>()
    })
}

/// Room for them that a Capacity Reservation keeps and nobody uses: what the region can keep room for runs Linux.
pub fn rooms(ledger: &Ledger) -> impl Iterator<Item = Product> {
    instances(ledger).filter_map(|product| match product {
        Product::Instance(instance) if instance.platform == Platform::Linux => Some(Product::Room(instance)),
        _ => None,
    })
}

/// Hosts of all families.
pub fn hosts(ledger: &Ledger) -> impl Iterator<Item = Product> {
    let region = ledger.region();
    let families = ledger.sheet().offers().families();
    families.map(|family| Product::Host { region: region.clone(), family: family.to_owned() })
}

/// Fargate's and Lambda's.
pub fn without_instances(region: &Region) -> impl Iterator<Item = Product> {
    let fargate = [FargatePlatform::LinuxX86, FargatePlatform::LinuxArm, FargatePlatform::Windows];
    let fargate = fargate.into_iter().flat_map(|platform| {
        let (cpu, memory) = (region.clone(), region.clone());
        [Product::FargateCpu { region: cpu, platform }, Product::FargateMemory { region: memory, platform }]
    });
    let lambda = [false, true].into_iter().flat_map(|is_arm| {
        let (duration, provisioned, on_it) = (region.clone(), region.clone(), region.clone());
        [
            Product::LambdaDuration { region: duration, is_arm },
            Product::LambdaProvisioned { region: provisioned, is_arm },
            Product::LambdaOnProvisioned { region: on_it, is_arm },
        ]
    });
    let requests = Product::LambdaRequests { region: region.clone() };
    fargate.chain(lambda).chain(std::iter::once(requests))
}
