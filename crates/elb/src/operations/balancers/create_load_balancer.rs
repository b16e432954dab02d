//! CreateLoadBalancer. The same name with the same settings is the same balancer.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elbv2::{CreateLoadBalancerInput, CreateLoadBalancerOutput};
use freehold_balancer::config::Kind;
use freehold_core::Arn;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{placement, view};
use crate::Elb;
use crate::errors::Error;
use crate::model::arns::{self, SERVICE};
use crate::model::{LoadBalancer, Scheme, State};
use crate::operations::{quotas, resource_names, tags};

pub(super) async fn create_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: CreateLoadBalancerInput,
) -> Result<CreateLoadBalancerOutput, freehold_wire::Error> {
    let wanted = wanted(&elb, &call, input).await?;
    let made = elb.store.transact::<_, Error, _>(move |tx| put(tx, wanted)).await?;
    Ok(CreateLoadBalancerOutput { load_balancers: Some(vec![view::balancer(&made, &call.region)]) })
}

/// The balancer that is asked for, if nothing of the name is there.
async fn wanted(elb: &Elb, call: &Call, input: CreateLoadBalancerInput) -> Result<LoadBalancer, Error> {
    let name = input.name.clone().unwrap_or_default();
    resource_names::check_balancer(&name)?;
    refuse_unsupported(&input)?;
    let (kind, short) = match input.r#type.as_deref() {
        None | Some("application") => (Kind::Application, "app"),
        Some("network") => (Kind::Network, "net"),
        Some(other) => {
            let why = format!("Load balancers of type '{other}' are not supported in this region");
            return Err(Error::InvalidConfiguration(why));
        }
    };
    let scheme = match input.scheme.as_deref() {
        Some("internal") => Scheme::Internal,
        _ => Scheme::InternetFacing,
    };
    let tags = tags::of_new(input.tags)?;
    let account = call.account();
    let place = placement::place(elb, account, kind, scheme, input.subnets, input.subnet_mappings).await?;
    let mut security_groups = input.security_groups.unwrap_or_default();
    elb.check_security_groups(account, &place.vpc, &security_groups).await?;
    if security_groups.is_empty() && kind == Kind::Application {
        security_groups.push(elb.default_security_group(account, &place.vpc).await?);
    }
    let id = arns::new_id();
    let enforces = kind == Kind::Network && !security_groups.is_empty();
    Ok(LoadBalancer {
        arn: Arn::new(SERVICE, &call.region, account, format!("loadbalancer/{short}/{name}/{id}")).to_string(),
        account: account.to_owned(),
        dns_name: LoadBalancer::dns_name(kind, scheme, &name, &id, &call.region),
        id,
        name,
        kind,
        scheme,
        vpc: place.vpc,
        zones: place.zones,
        security_groups,
        attributes: BTreeMap::new(),
        enforce_on_private_link: enforces.then(|| "on".to_owned()),
        tags,
        created: elb.now(),
        state: State::Provisioning,
        state_reason: String::new(),
        classic: None,
        deleted: false,
    })
}

fn refuse_unsupported(input: &CreateLoadBalancerInput) -> Result<(), Error> {
    let refuse =
        |name: &str| Err(Error::InvalidConfiguration(format!("The parameter {name} is not supported in this region")));
    match input.ip_address_type.as_deref() {
        None | Some("ipv4") => {}
        Some(other) => return Err(super::set_ip_address_type::unsupported(other)),
    }
    if input.customer_owned_ipv4_pool.is_some() {
        return refuse("CustomerOwnedIpv4Pool");
    }
    if input.enable_prefix_for_ipv6_source_nat.as_deref().is_some_and(|value| value != "off") {
        return refuse("EnablePrefixForIpv6SourceNat");
    }
    if input.ipam_pools.is_some() {
        return refuse("IpamPools");
    }
    Ok(())
}

fn put(tx: &mut dyn Tx, wanted: LoadBalancer) -> Result<LoadBalancer, Error> {
    let of_account = Filter::account(&wanted.account);
    let same_name = tx.list::<LoadBalancer>(&of_account.clone().and_index(0, &wanted.name))?;
    if let Some(found) = same_name.into_iter().find(|found| found.kind != Kind::Classic) {
        return if is_same(&found, &wanted) { Ok(found) } else { Err(Error::DuplicateLoadBalancerName(wanted.name)) };
    }
    let others = tx.list::<LoadBalancer>(&of_account)?;
    if others.iter().filter(|other| other.kind == wanted.kind && !other.deleted).count() >= quotas::BALANCERS {
        return Err(Error::too_many("TooManyLoadBalancers", "The maximum number of load balancers has been reached"));
    }
    tx.put(&wanted)?;
    Ok(wanted)
}

/// Whether what was asked for is what is there.
fn is_same(found: &LoadBalancer, asked: &LoadBalancer) -> bool {
    let zones = |balancer: &LoadBalancer| -> Vec<_> {
        let zone = |zone: &crate::model::Zone| (zone.subnet.clone(), zone.allocation.clone(), zone.wanted_address);
        balancer.zones.iter().map(zone).collect()
    };
    let groups = |balancer: &LoadBalancer| {
        let mut groups = balancer.security_groups.clone();
        groups.sort_unstable();
        groups
    };
    (found.kind, found.scheme) == (asked.kind, asked.scheme)
        && zones(found) == zones(asked)
        && groups(found) == groups(asked)
        && found.tags == asked.tags
}
