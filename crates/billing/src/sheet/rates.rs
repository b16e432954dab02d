//! The rate of each product.

use rust_decimal::Decimal;

use super::{ByTerm, Discounted, InstancePrices, ReservedPrice, Sheet};
use crate::bill::Described;
use crate::engine::{FargatePlatform, Instance, Platform, Prices, Product, SavingsPlan, Tenancy};
use crate::offers::{Class, PlanFamily, PlanOffer};

/// Digits after the point of a rate for an hour of EC2, as published.
const HOURLY_DIGITS: u32 = 5;
/// Of one for a second or a request.
const SMALL_DIGITS: u32 = 10;

impl Sheet {
    /// USD an hour On-Demand; `None` for types and systems without a price.
    pub fn instance(&self, instance: &Instance) -> Option<Decimal> {
        if let Some(usd) = self.published(instance).and_then(|prices| prices.usd) {
            return Some(usd);
        }
        let name = instance.kind.to_string();
        let facts = self.types.find(&name)?;
        let on_linux = self.on_linux(&name).or(facts.on_demand)?;
        let surcharge = match &instance.platform {
            Platform::Linux => Decimal::ZERO,
            Platform::Other(description) => {
                let each = self.file.platform.iter().find(|platform| platform.description == *description)?;
                each.usd_per_vcpu_hour * Decimal::from(facts.vcpus)
            }
        };
        Some(match instance.tenancy {
            Tenancy::Shared => on_linux + surcharge,
            Tenancy::Dedicated => (on_linux * self.file.dedicated.instance_factor + surcharge).round_dp(HOURLY_DIGITS),
            // The host is what is paid for, and licences are not ours to count.
            Tenancy::Host => surcharge,
        })
    }

    /// What the sheet says of this type, system and tenancy alone.
    fn published(&self, instance: &Instance) -> Option<&InstancePrices> {
        // Most sheets say nothing of single types, and then no names are made to look for one.
        if self.file.instance.is_empty() {
            return None;
        }
        let description = instance.platform.to_string();
        self.published.instance(&self.file, &instance.kind.to_string(), &description, instance.tenancy)
    }

    fn on_linux(&self, kind: &str) -> Option<Decimal> {
        if self.file.instance.is_empty() {
            return None;
        }
        self.published.instance(&self.file, kind, &Platform::Linux.to_string(), Tenancy::Shared)?.usd
    }

    /// What reserving such an instance costs, if the sheet says it of this type alone.
    pub(crate) fn reserved(&self, instance: &Instance, class: Class) -> Option<&ByTerm<ReservedPrice>> {
        Some(self.published(instance)?.reserved(class))
    }

    /// USD an hour of a Dedicated Host of a family.
    pub fn host(&self, family: &str) -> Option<Decimal> {
        if let Some(usd) = self.published.host(&self.file, family).and_then(|prices| prices.usd) {
            return Some(usd);
        }
        let is_of_family = |name: &String| name.split_once('.').is_some_and(|(of, _)| of == family);
        let types = self.types.names().into_iter().filter(is_of_family);
        let largest = types.filter_map(|name| self.on_linux(&name).or(self.types.find(&name)?.on_demand)).max()?;
        Some((largest * self.file.dedicated.host_factor).round_dp(HOURLY_DIGITS))
    }

    /// USD an hour as long as any dedicated instance of an account runs in the region.
    pub fn dedicated_region(&self) -> Decimal {
        self.file.dedicated.region_usd_per_hour
    }

    /// USD for a unit; `None` for a product without a price.
    pub fn list_price(&self, product: &Product) -> Option<Decimal> {
        let fargate = |platform: &FargatePlatform| match platform {
            FargatePlatform::LinuxX86 => &self.file.fargate.linux_x86,
            FargatePlatform::LinuxArm => &self.file.fargate.linux_arm,
            FargatePlatform::Windows => &self.file.fargate.windows,
        };
        let lambda = |is_arm: bool| if is_arm { &self.file.lambda.arm } else { &self.file.lambda.x86 };
        match product {
            Product::Instance(instance) | Product::Room(instance) => self.instance(instance),
            Product::Spot { usd_per_hour, .. } => Some(*usd_per_hour),
            Product::Host { family, .. } => self.host(family),
            Product::FargateCpu { platform, .. } => Some(fargate(platform).usd_per_vcpu_hour),
            Product::FargateMemory { platform, .. } => Some(fargate(platform).usd_per_gb_hour),
            Product::LambdaDuration { is_arm, .. } => Some(lambda(*is_arm).usd_per_gb_second),
            Product::LambdaProvisioned { is_arm, .. } => Some(lambda(*is_arm).provisioned_usd_per_gb_second),
            Product::LambdaOnProvisioned { is_arm, .. } => {
                Some(lambda(*is_arm).duration_on_provisioned_usd_per_gb_second)
            }
            Product::LambdaRequests { .. } => Some(self.file.lambda.usd_per_request),
            Product::Other { service, usage_type, .. } => {
                self.flat.get(&(service.to_string(), usage_type.to_string())).copied()
            }
        }
    }

    /// USD for a unit with a plan of this offer, which must be for such products; `None` where it has no rate for it.
    pub fn offered_rate(&self, offer: &PlanOffer, product: &Product) -> Option<Decimal> {
        if let Some(rate) = self.published_rate(offer, product) {
            return Some(rate);
        }
        let price = self.list_price(product)?;
        let of_ec2 =
            if offer.family == PlanFamily::Compute { Discounted::ComputePlan } else { Discounted::InstancePlan };
        let (of, family, digits) = match product {
            Product::Instance(instance) | Product::Room(instance) => (of_ec2, &*instance.kind.family, HOURLY_DIGITS),
            Product::Host { family, .. } => (of_ec2, &**family, HOURLY_DIGITS),
            Product::FargateCpu { .. } | Product::FargateMemory { .. } => (Discounted::Fargate, "", SMALL_DIGITS),
            Product::LambdaDuration { .. }
            | Product::LambdaProvisioned { .. }
            | Product::LambdaOnProvisioned { .. } => (Discounted::Lambda, "", SMALL_DIGITS),
            Product::LambdaRequests { .. } => return Some(price),
            Product::Spot { .. } | Product::Other { .. } => return None,
        };
        Some((price * self.share(of, family, offer.term, offer.payment)?).round_dp(digits))
    }

    /// What the sheet says of this product alone.
    fn published_rate(&self, offer: &PlanOffer, product: &Product) -> Option<Decimal> {
        let rates = match product {
            Product::Instance(instance) | Product::Room(instance) => self.published(instance)?.plans.of(&offer.family),
            Product::Host { family, .. } => self.published.host(&self.file, family)?.plans.of(&offer.family),
            Product::Spot { .. } | Product::Other { .. } => return None,
            _ => &self.published.plan(&self.file, &Described::of(product).usage_type)?.compute,
        };
        rates.get(offer.term, offer.payment).copied()
    }
}

impl Prices for Sheet {
    fn on_demand(&self, product: &Product) -> Decimal {
        self.list_price(product).unwrap_or_default()
    }

    fn plan_rate(&self, plan: &SavingsPlan, product: &Product) -> Option<Decimal> {
        self.offered_rate(&self.offers.plan(&plan.offering)?, product)
    }
}
