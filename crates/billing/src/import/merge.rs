//! What was found, put over a sheet. What a file says nothing of stays.

use rust_decimal::Decimal;

use super::found::{Found, Prices};
use super::subject::Subject;
use crate::sheet::{File, HostPrices, InstancePrices, Rate, Source, UsagePrices};

impl Found {
    pub fn merge_into(self, file: &mut File) {
        if !self.date.is_empty() {
            file.date.clone_from(&self.date);
        }
        file.source.retain(|source| source.offer != self.offer);
        file.source.push(Source { offer: self.offer, published: self.date });
        let mut instances = Vec::new();
        for (subject, prices) in self.prices {
            match subject {
                Subject::Instance { kind, description, tenancy } => {
                    let Prices { on_demand, plans, standard, convertible } = prices;
                    let (description, usd) = (description.to_owned(), on_demand.map(|(_, usd)| usd));
                    instances.push(InstancePrices { kind, description, tenancy, usd, plans, standard, convertible });
                }
                Subject::Host(family) => host(file, family, prices),
                Subject::Usage(name) => usage(file, name, prices),
                Subject::Other(service, usage_type) => other(file, &service, &usage_type, prices),
            }
        }
        merge_instances(file, instances);
    }
}

/// There are thousands: both are in order, and are walked through together.
fn merge_instances(file: &mut File, new: Vec<InstancePrices>) {
    let key = |one: &InstancePrices| (one.kind.clone(), one.description.clone(), one.tenancy);
    let mut all = std::mem::take(&mut file.instance);
    all.extend(new);
    // Stable: what was there comes before what is new of the same.
    all.sort_by_cached_key(key);
    for one in all {
        match file.instance.last_mut().filter(|last| key(last) == key(&one)) {
            Some(known) => {
                known.usd = one.usd.or(known.usd);
                known.plans.compute.put(one.plans.compute);
                known.plans.ec2_instance.put(one.plans.ec2_instance);
                known.standard.put(one.standard);
                known.convertible.put(one.convertible);
            }
            None => file.instance.push(one),
        }
    }
}

fn host(file: &mut File, family: String, prices: Prices) {
    let usd = prices.on_demand.map(|(_, usd)| usd);
    match file.host.iter_mut().find(|known| known.family == family) {
        Some(known) => {
            known.usd = usd.or(known.usd);
            known.plans.compute.put(prices.plans.compute);
            known.plans.ec2_instance.put(prices.plans.ec2_instance);
        }
        None => file.host.push(HostPrices { family, usd, plans: prices.plans }),
    }
}

fn usage(file: &mut File, name: &str, prices: Prices) {
    if let (Some((_, usd)), Some(place)) = (prices.on_demand, list_price(file, name)) {
        *place = usd;
    }
    if prices.plans.compute.count() == 0 {
        return;
    }
    match file.plan.iter_mut().find(|known| known.usage_type == name) {
        Some(known) => known.compute.put(prices.plans.compute),
        None => file.plan.push(UsagePrices { usage_type: name.to_owned(), compute: prices.plans.compute }),
    }
}

/// Where a sheet has what tasks and functions cost.
fn list_price<'a>(file: &'a mut File, name: &str) -> Option<&'a mut Decimal> {
    let (fargate, lambda) = (&mut file.fargate, &mut file.lambda);
    Some(match name {
        "Fargate-vCPU-Hours:perCPU" => &mut fargate.linux_x86.usd_per_vcpu_hour,
        "Fargate-GB-Hours" => &mut fargate.linux_x86.usd_per_gb_hour,
        "Fargate-ARM-vCPU-Hours:perCPU" => &mut fargate.linux_arm.usd_per_vcpu_hour,
        "Fargate-ARM-GB-Hours" => &mut fargate.linux_arm.usd_per_gb_hour,
        "Fargate-Windows-vCPU-Hours:perCPU" => &mut fargate.windows.usd_per_vcpu_hour,
        "Fargate-Windows-GB-Hours" => &mut fargate.windows.usd_per_gb_hour,
        "Lambda-GB-Second" => &mut lambda.x86.usd_per_gb_second,
        "Lambda-GB-Second-ARM" => &mut lambda.arm.usd_per_gb_second,
        "Lambda-Provisioned-Concurrency" => &mut lambda.x86.provisioned_usd_per_gb_second,
        "Lambda-Provisioned-Concurrency-ARM" => &mut lambda.arm.provisioned_usd_per_gb_second,
        "Lambda-Provisioned-GB-Second" => &mut lambda.x86.duration_on_provisioned_usd_per_gb_second,
        "Lambda-Provisioned-GB-Second-ARM" => &mut lambda.arm.duration_on_provisioned_usd_per_gb_second,
        "Request" => &mut lambda.usd_per_request,
        _ => return None,
    })
}

fn other(file: &mut File, service: &str, usage_type: &str, prices: Prices) {
    let Some((_, usd)) = prices.on_demand else { return };
    let is_it = |rate: &&mut Rate| rate.service == service && rate.usage_type == usage_type;
    match file.rate.iter_mut().rev().find(is_it) {
        Some(known) => known.usd = usd,
        // A sheet of the user's own may have left it out.
        None => {
            let region = crate::engine::Region::from("");
            let product =
                crate::engine::Product::Other { region, service: service.into(), usage_type: usage_type.into() };
            let unit = crate::bill::Described::of(&product).unit.to_owned();
            file.rate.push(Rate { service: service.to_owned(), usage_type: usage_type.to_owned(), unit, usd });
        }
    }
}
