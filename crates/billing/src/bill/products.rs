//! From what was metered to what has a price.

use std::sync::Arc;

use freehold_metering::{BalancerKind, Stretch, Tally, Tenancy as Metered, Used};
use rust_decimal::Decimal;

use super::timeline::{Rate, Span, Timeline, seconds};
use crate::engine::{FargatePlatform, Hour, HourUsage, Instance, InstanceType, Platform, Product, Region, Tenancy};
use crate::sheet::{InstanceTypes, REGION_FEE};

/// An instance is paid for a minute at least (*EC2 user guide, On-Demand Instances: billing*).
const LEAST_SECONDS: i64 = 60;

const MIB_PER_GB: u32 = 1024;
const SECONDS_AN_HOUR: u32 = 3600;

/// How the price list names a product.
pub struct Described {
    pub usage_type: String,
    /// `Hrs`
    pub unit: &'static str,
}

impl Timeline {
    /// Adds what was used for a time.
    pub fn add_stretch(&mut self, stretch: &Stretch, region: &Region, types: &dyn InstanceTypes) {
        let (from, mut to) = seconds(stretch.from, stretch.to);
        if matches!(stretch.used, Used::Instance { .. }) && !stretch.goes_on {
            to = to.max(from + LEAST_SECONDS);
        }
        let Some((product, rate)) = product_of(&stretch.used, region, types) else { return };
        let (account, resource): (Arc<str>, Arc<str>) = ((&*stretch.account).into(), (&*stretch.resource).into());
        self.tag(resource.clone(), stretch.tags.clone());
        let is_dedicated = matches!(&stretch.used, Used::Instance { tenancy: Metered::Dedicated, .. });
        let product = self.product(product);
        if is_dedicated {
            let (service, usage_type) = REGION_FEE;
            let fee = self.product(other(region.clone(), service, usage_type));
            self.owe(fee, account.clone(), from, to);
        }
        self.add(Span { account, resource, product, rate, from, to });
    }

    /// Adds what was counted in an hour.
    pub fn add_tally(&mut self, tally: &Tally, region: &Region) {
        let region = region.clone();
        let product = match (&*tally.service, &*tally.usage_type) {
            ("AWSLambda", "Lambda-GB-Second") => Product::LambdaDuration { region, is_arm: false },
            ("AWSLambda", "Lambda-GB-Second-ARM") => Product::LambdaDuration { region, is_arm: true },
            ("AWSLambda", "Lambda-Provisioned-Concurrency") => Product::LambdaProvisioned { region, is_arm: false },
            ("AWSLambda", "Lambda-Provisioned-Concurrency-ARM") => Product::LambdaProvisioned { region, is_arm: true },
            ("AWSLambda", "Lambda-Provisioned-GB-Second") => Product::LambdaOnProvisioned { region, is_arm: false },
            ("AWSLambda", "Lambda-Provisioned-GB-Second-ARM") => Product::LambdaOnProvisioned { region, is_arm: true },
            ("AWSLambda", "Request") => Product::LambdaRequests { region },
            (service, usage_type) => other(region, service, usage_type),
        };
        let usage = HourUsage {
            account: (&*tally.account).into(),
            resource: (&*tally.resource).into(),
            product: self.product(product),
            quantity: Decimal::from(tally.millionths) / Decimal::from(1_000_000),
        };
        self.count(Hour::of(tally.hour), usage);
    }
}

fn other(region: Region, service: &str, usage_type: &str) -> Product {
    Product::Other { region, service: service.into(), usage_type: usage_type.into() }
}

/// `None` for what no bill has: a type that is none.
fn product_of(used: &Used, region: &Region, types: &dyn InstanceTypes) -> Option<(Product, Rate)> {
    let region = region.clone();
    let hourly = Rate::Hourly(Decimal::ONE);
    Some(match used {
        Used::Instance { instance_type, zone, platform, tenancy, spot_price } => {
            let instance = instance(types.parse(instance_type)?, zone, platform, *tenancy, region);
            let price = spot_price.as_deref().and_then(|price| price.parse().ok());
            let product = match price {
                Some(usd_per_hour) => Product::Spot { instance, usd_per_hour },
                None => Product::Instance(instance),
            };
            (product, hourly)
        }
        // Unused room costs what an instance in it would, and commitments pay for it the same.
        Used::Reserved { instance_type, zone, platform, tenancy, instances } => {
            let instance = instance(types.parse(instance_type)?, zone, platform, *tenancy, region);
            (Product::Room(instance), Rate::Hourly(Decimal::from(*instances)))
        }
        // Priced by seconds of a gigabyte.
        Used::Concurrency { memory_mib, environments } => {
            let gb = Decimal::from(*memory_mib) / Decimal::from(MIB_PER_GB);
            let each_hour = gb * Decimal::from(*environments) * Decimal::from(SECONDS_AN_HOUR);
            (Product::LambdaProvisioned { region, is_arm: false }, Rate::Hourly(each_hour))
        }
        Used::Volume { volume_type, gib } => {
            let usage_type = match &**volume_type {
                "io1" => "EBS:VolumeUsage.piops".to_owned(),
                "standard" => "EBS:VolumeUsage".to_owned(),
                other => format!("EBS:VolumeUsage.{other}"),
            };
            (other(region, "AmazonEC2", &usage_type), Rate::Monthly(Decimal::from(*gib)))
        }
        Used::Snapshot { gib } => (other(region, "AmazonEC2", "EBS:SnapshotUsage"), Rate::Monthly(Decimal::from(*gib))),
        Used::Address { is_idle } => {
            let usage_type = if *is_idle { "PublicIPv4:IdleAddress" } else { "PublicIPv4:InUseAddress" };
            (other(region, "AmazonVPC", usage_type), hourly)
        }
        Used::LoadBalancer { balancer } => {
            let usage_type = match balancer {
                BalancerKind::Application => "LoadBalancerUsage:Application",
                BalancerKind::Network => "LoadBalancerUsage:Network",
                BalancerKind::Classic => "LoadBalancerUsage",
            };
            (other(region, "AWSELB", usage_type), hourly)
        }
        Used::Host { family } => (Product::Host { region, family: family.clone() }, hourly),
    })
}

fn instance(kind: InstanceType, zone: &str, platform: &str, tenancy: Metered, region: Region) -> Instance {
    Instance {
        kind,
        region,
        zone: zone.into(),
        platform: Platform::parse(platform),
        tenancy: match tenancy {
            Metered::Default => Tenancy::Shared,
            Metered::Dedicated => Tenancy::Dedicated,
            Metered::Host => Tenancy::Host,
        },
    }
}

fn fargate_part(platform: FargatePlatform) -> &'static str {
    match platform {
        FargatePlatform::LinuxX86 => "",
        FargatePlatform::LinuxArm => "ARM-",
        FargatePlatform::Windows => "Windows-",
    }
}

impl Described {
    /// The names that a bill shows.
    pub fn of(product: &Product) -> Self {
        let named = |usage_type: String, unit| Self { usage_type, unit };
        match product {
            Product::Instance(Instance { kind, tenancy: Tenancy::Shared, .. }) => {
                named(format!("BoxUsage:{kind}"), "Hrs")
            }
            Product::Instance(Instance { kind, tenancy: Tenancy::Dedicated, .. }) => {
                named(format!("DedicatedUsage:{kind}"), "Hrs")
            }
            Product::Instance(Instance { kind, tenancy: Tenancy::Host, .. }) => {
                named(format!("HostBoxUsage:{kind}"), "Hrs")
            }
            Product::Room(Instance { kind, tenancy: Tenancy::Dedicated, .. }) => {
                named(format!("UnusedDed:{kind}"), "Hrs")
            }
            Product::Room(Instance { kind, .. }) => named(format!("UnusedBox:{kind}"), "Hrs"),
            Product::Spot { instance, .. } => named(format!("SpotUsage:{}", instance.kind), "Hrs"),
            Product::Host { family, .. } => named(format!("HostUsage:{family}"), "Hrs"),
            Product::FargateCpu { platform, .. } => {
                named(format!("Fargate-{}vCPU-Hours:perCPU", fargate_part(*platform)), "Hrs")
            }
            Product::FargateMemory { platform, .. } => {
                named(format!("Fargate-{}GB-Hours", fargate_part(*platform)), "GB-Hours")
            }
            Product::LambdaDuration { is_arm: false, .. } => named("Lambda-GB-Second".to_owned(), "Lambda-GB-Second"),
            Product::LambdaDuration { is_arm: true, .. } => {
                named("Lambda-GB-Second-ARM".to_owned(), "Lambda-GB-Second")
            }
            Product::LambdaProvisioned { is_arm: false, .. } => {
                named("Lambda-Provisioned-Concurrency".to_owned(), "Lambda-GB-Second")
            }
            Product::LambdaProvisioned { is_arm: true, .. } => {
                named("Lambda-Provisioned-Concurrency-ARM".to_owned(), "Lambda-GB-Second")
            }
            Product::LambdaOnProvisioned { is_arm: false, .. } => {
                named("Lambda-Provisioned-GB-Second".to_owned(), "Lambda-GB-Second")
            }
            Product::LambdaOnProvisioned { is_arm: true, .. } => {
                named("Lambda-Provisioned-GB-Second-ARM".to_owned(), "Lambda-GB-Second")
            }
            Product::LambdaRequests { .. } => named("Request".to_owned(), "Requests"),
            Product::Other { usage_type, .. } => {
                let unit = match &**usage_type {
                    name if name.starts_with("EBS:") => "GB-Mo",
                    name if name.starts_with("LCUUsage") => "LCU-Hrs",
                    name if name.ends_with("-Bytes") => "GB",
                    name if name.starts_with("Requests") => "Requests",
                    name if name.starts_with("DeliveryAttempts") => "Notifications",
                    _ => "Hrs",
                };
                named(usage_type.to_string(), unit)
            }
        }
    }
}
