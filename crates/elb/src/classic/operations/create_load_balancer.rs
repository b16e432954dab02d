//! CreateLoadBalancer. The same name with the same settings is the same balancer.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elb::{CreateAccessPointInput, CreateAccessPointOutput};
use freehold_balancer::config::Kind;
use freehold_core::Arn;
use freehold_core::tags::Tags;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::{add_tags, listeners, lookup, placement, quotas};
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::{Classic, Listener};
use crate::model::arns::{self, SERVICE};
use crate::model::{LoadBalancer, Scheme, State, Zone};
use crate::operations::resource_names;

pub(super) async fn create_load_balancer(
    elb: Arc<Elb>,
    call: Call,
    input: CreateAccessPointInput,
) -> Result<CreateAccessPointOutput, freehold_wire::Error> {
    let wanted = wanted(&elb, &call, input).await?;
    let made = elb.store.transact::<_, Error, _>(move |tx| put(tx, wanted)).await?;
    Ok(CreateAccessPointOutput { dns_name: Some(made.dns_name) })
}

/// The balancer that is asked for, if nothing of the name is there.
async fn wanted(elb: &Elb, call: &Call, input: CreateAccessPointInput) -> Result<LoadBalancer, Error> {
    let (account, kind) = (call.account(), Kind::Classic);
    let name = input.load_balancer_name.unwrap_or_default();
    resource_names::check_balancer(&name)?;
    let scheme = match input.scheme.as_deref() {
        None | Some("" | "internet-facing") => Scheme::InternetFacing,
        Some("internal") => Scheme::Internal,
        Some(other) => return Err(Error::InvalidScheme(other.to_owned())),
    };
    let tags = add_tags::merged(&Tags::new(), &input.tags.unwrap_or_default())?;
    let mut asked = Vec::new();
    for listener in listeners::wanted(elb, account, input.listeners).await? {
        if asked.iter().any(|other: &Listener| other.port == listener.port) {
            return Err(Error::DuplicateListener(name, listener.port));
        }
        asked.push(listener);
    }
    let (subnets, zones) = (input.subnets.unwrap_or_default(), input.availability_zones.unwrap_or_default());
    let place = placement::place(elb, account, scheme, subnets, zones).await?;
    let mut security_groups = input.security_groups.unwrap_or_default();
    elb.check_security_groups(account, &place.vpc, &security_groups).await?;
    if security_groups.is_empty() {
        security_groups.push(elb.default_security_group(account, &place.vpc).await?);
    }
    let id = arns::new_id();
    Ok(LoadBalancer {
        arn: Arn::new(SERVICE, &call.region, account, format!("loadbalancer/classic/{name}/{id}")).to_string(),
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
        enforce_on_private_link: None,
        tags,
        created: elb.now(),
        state: State::Provisioning,
        state_reason: String::new(),
        classic: Some(Classic::new(asked)),
        deleted: false,
    })
}

fn put(tx: &mut dyn Tx, wanted: LoadBalancer) -> Result<LoadBalancer, Error> {
    if let Some(found) = lookup::within(tx, &wanted.account, &wanted.name)? {
        return if is_same(&found, &wanted) { Ok(found) } else { Err(Error::DuplicateLoadBalancerName(wanted.name)) };
    }
    let all = tx.list::<LoadBalancer>(&Filter::account(&wanted.account))?;
    if all.iter().filter(|other| other.kind == Kind::Classic && !other.deleted).count() >= quotas::BALANCERS {
        let why = format!("An account can have {} classic load balancers", quotas::BALANCERS);
        return Err(Error::TooMany("TooManyLoadBalancers", why));
    }
    tx.put(&wanted)?;
    Ok(wanted)
}

/// Whether what was asked for is what is there.
fn is_same(found: &LoadBalancer, asked: &LoadBalancer) -> bool {
    let listeners = |it: &LoadBalancer| it.classic.iter().flat_map(|classic| classic.listeners.clone()).collect();
    let (there, wanted): (Vec<Listener>, Vec<Listener>) = (listeners(found), listeners(asked));
    let subnets = |it: &LoadBalancer| it.zones.iter().map(|zone: &Zone| zone.subnet.clone()).collect::<Vec<String>>();
    there.len() == wanted.len()
        && there.iter().zip(&wanted).all(|(one, other)| one.is_same(other))
        && found.scheme == asked.scheme
        && subnets(found) == subnets(asked)
        && found.security_groups == asked.security_groups
}
