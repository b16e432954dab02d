//! `RequestSpotFleet`.

use std::sync::Arc;

use freehold_api::ec2::{RequestSpotFleetRequest, RequestSpotFleetResponse, SpotFleetRequestConfigData};
use freehold_core::ids;
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::request::{self, wrong};
use crate::errors::{Error, Result};
use crate::fleet::pools;
use crate::fleet::records::enter;
use crate::launch::market;
use crate::model::{Fleet, FleetApi, FleetKind, FleetMarket, FleetState, InterruptionBehavior, MarketOptions, Tags};
use crate::operations::{dry_run, fleets};
use crate::{Ec2, tagging};

pub async fn request_spot_fleet(
    ec2: Arc<Ec2>,
    call: Call,
    input: RequestSpotFleetRequest,
) -> Result<RequestSpotFleetResponse> {
    let config = input.spot_fleet_request_config.ok_or(Error::MissingParameter("SpotFleetRequestConfig"))?;
    let token = config.client_token.clone().unwrap_or_else(|| call.request_id.clone());
    let fingerprint = hex::encode(Sha256::digest(format!(
        "{:?}",
        SpotFleetRequestConfigData { client_token: None, ..config.clone() }
    )));
    let fleet = read(&ec2, &call, config)?;
    // What none of its pools can ever be launched from is refused at once.
    let found = pools::resolve(&mut ec2.committed(), &fleet.account, &fleet.configs);
    if let Some((_, error)) = found.into_iter().find_map(std::result::Result::err) {
        return Err(error);
    }
    dry_run(input.dry_run)?;
    let now = ec2.now();
    let id = ec2
        .store
        .transact(move |tx| {
            let mut fleet = fleet;
            let asked = Request {
                account: &fleet.account.clone(),
                operation: "ec2.RequestSpotFleet",
                token: &token,
                fingerprint: &fingerprint,
            };
            if let Some(id) = idempotency::recall::<String>(tx, &asked)? {
                return Ok(id);
            }
            enter(tx, &mut fleet, FleetState::Submitted, now)?;
            tx.put(&fleet)?;
            idempotency::remember(tx, &asked, &fleet.id, now)?;
            Ok::<_, Error>(fleet.id)
        })
        .await?;
    Ok(RequestSpotFleetResponse { spot_fleet_request_id: Some(id) })
}

fn read(ec2: &Ec2, call: &Call, said: SpotFleetRequestConfigData) -> Result<Fleet> {
    let now = ec2.now();
    for (name, said) in
        [("Context", said.context.is_some()), ("LoadBalancersConfig", said.load_balancers_config.is_some())]
    {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    let kind = match said.r#type.as_deref() {
        None | Some("maintain") => FleetKind::Maintain,
        Some("request") => FleetKind::Request,
        Some(_) => return Err(wrong("Type", "Expected: request, maintain.")),
    };
    let role = said.iam_fleet_role.clone().filter(|role| is_role(role, call.account()));
    let role = role.ok_or_else(|| wrong("IamFleetRole", "It must be the ARN of a role of this account."))?;
    let target =
        request::target(said.target_capacity, said.on_demand_target_capacity, said.target_capacity_unit_type.clone())?;
    if let Some(until) = said.valid_until.filter(|until| *until <= now) {
        return Err(wrong("ValidUntil", format_args!("{until} is not in the future.")));
    }
    if said.valid_until.zip(said.valid_from).is_some_and(|(until, from)| until <= from) {
        return Err(wrong("ValidUntil", "It must come after ValidFrom."));
    }
    let (spot, on_demand, behavior, rebalance) = options(&said, kind)?;
    Ok(Fleet {
        id: format!("{}-{}", Fleet::prefix(FleetApi::Spot), ids::uuid()),
        account: call.account().to_owned(),
        api: FleetApi::Spot,
        kind,
        created: now,
        client_token: said.client_token,
        state: FleetState::Submitted,
        target,
        ends_excess: fleets::request::ends_excess(said.excess_capacity_termination_policy.as_deref())?,
        terminates_with_expiration: said.terminate_instances_with_expiration.unwrap_or(false),
        replaces_unhealthy: said.replace_unhealthy_instances.unwrap_or(false),
        valid_from: said.valid_from,
        valid_until: said.valid_until,
        behavior,
        spot,
        on_demand,
        rebalance,
        max_price: market::max_price("SpotPrice", said.spot_price)?,
        configs: request::configs(said.launch_specifications, said.launch_template_configs)?,
        role: Some(role),
        tags: tagging::for_new(Fleet::resource_type(FleetApi::Spot), said.tag_specifications)?,
        instance_tags: Tags::default(),
        faults: Vec::new(),
        avoided: Default::default(),
        ended: None,
        records: 0,
    })
}

type Options = (MarketOptions, MarketOptions, InterruptionBehavior, Option<crate::model::Rebalance>);

fn options(said: &SpotFleetRequestConfigData, kind: FleetKind) -> Result<Options> {
    let strategy = fleets::request::strategy(said.allocation_strategy.as_deref(), FleetMarket::Spot)?;
    let spot = MarketOptions {
        pools: fleets::request::pools(said.instance_pools_to_use_count, strategy)?,
        max_total_price: market::max_price("SpotMaxTotalPrice", said.spot_max_total_price.clone())?,
        ..MarketOptions::new(strategy)
    };
    let strategy = fleets::request::strategy(said.on_demand_allocation_strategy.as_deref(), FleetMarket::OnDemand)?;
    let on_demand = MarketOptions {
        max_total_price: market::max_price("OnDemandMaxTotalPrice", said.on_demand_max_total_price.clone())?,
        ..MarketOptions::new(strategy)
    };
    let behavior = fleets::request::behavior(said.instance_interruption_behavior.as_deref(), kind)?;
    let rebalance = said.spot_maintenance_strategies.as_ref().and_then(|said| said.capacity_rebalance.as_ref());
    let rebalance = rebalance
        .map(|said| fleets::request::rebalance_of(said.replacement_strategy.as_deref(), said.termination_delay, kind));
    Ok((spot, on_demand, behavior, rebalance.transpose()?))
}

/// Freehold itself acts for the fleet, so that nothing but the form of the name is looked at.
fn is_role(arn: &str, account: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(parts[..], ["arn", _, "iam", "", of, name] if of == account && name.starts_with("role/") && name.len() > 5)
}

#[cfg(test)]
mod tests {
    use super::is_role;

    #[test]
    fn a_role_is_named_by_its_arn() {
        assert!(is_role("arn:aws:iam::111122223333:role/aws-ec2-spot-fleet-tagging-role", "111122223333"));
        for wrong in [
            "fleet",
            "arn:aws:iam::111122223333:user/me",
            "arn:aws:iam::999999999999:role/x",
            "arn:aws:iam::111122223333:role/",
        ] {
            assert!(!is_role(wrong, "111122223333"), "{wrong}");
        }
    }
}
