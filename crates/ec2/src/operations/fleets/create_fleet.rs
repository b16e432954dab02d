//! `CreateFleet`: an instant fleet is launched at once, and the answer tells what came of it; all others are left to the
//! reconciler.

use std::sync::Arc;

use freehold_api::ec2::{CreateFleetRequest, CreateFleetResult, TagSpecification};
use freehold_core::ids;
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::{request, view};
use crate::errors::{Error, Result};
use crate::fleet::launch::{Launch, Promised, Ready};
use crate::fleet::members::{self, UNIT};
use crate::fleet::pools;
use crate::fleet::records::enter;
use crate::lookup::Reader;
use crate::model::{
    Fleet, FleetApi, FleetFault, FleetKind, FleetMarket, FleetSource, FleetState, MarketOptions, Strategy, Tags,
};
use crate::operations::dry_run;
use crate::{Ec2, launch, tagging};

pub async fn create_fleet(ec2: Arc<Ec2>, call: Call, input: CreateFleetRequest) -> Result<CreateFleetResult> {
    let fingerprint = fingerprint(&input);
    let (dry, token) = (input.dry_run, input.client_token.clone().unwrap_or_else(|| call.request_id.clone()));
    let fleet = read(&ec2, &call, input)?;
    check_templates(&mut ec2.committed(), &fleet)?;
    let found = pools::resolve(&mut ec2.committed(), &fleet.account, &fleet.configs);
    dry_run(dry)?;
    let is_instant = fleet.kind == FleetKind::Instant;
    let ready = if is_instant {
        Ready::new(&ec2, &fleet.account, found).await
    } else {
        Ready { pools: found, surroundings: Default::default() }
    };

    let (writer, ready) = (Arc::clone(&ec2), Arc::new(ready));
    let attempt = |may_launch: bool, faults: Vec<FleetFault>| {
        let (writer, ready, mut fleet) = (Arc::clone(&writer), Arc::clone(&ready), fleet.clone());
        let (promised, token, fingerprint) = (Promised::default(), token.clone(), fingerprint.clone());
        let inside = promised.clone();
        async move {
            let ec2 = Arc::clone(&writer);
            let made = ec2.store.transact(move |tx| {
                let asked = Request {
                    account: &fleet.account.clone(),
                    operation: "ec2.CreateFleet",
                    token: &token,
                    fingerprint: &fingerprint,
                };
                if let Some(id) = idempotency::recall::<String>(tx, &asked)? {
                    return Ok(id);
                }
                fleet.faults = faults;
                let now = writer.now();
                enter(tx, &mut fleet, FleetState::Submitted, now)?;
                if fleet.kind == FleetKind::Instant {
                    enter(tx, &mut fleet, FleetState::Active, now)?;
                    if may_launch {
                        instant(&writer, tx, &mut fleet, &ready, &inside)?;
                    }
                }
                tx.put(&fleet)?;
                idempotency::remember(tx, &asked, &fleet.id, now)?;
                Ok(fleet.id)
            });
            let made: Result<String> = made.await;
            if made.is_err() {
                promised.give_back(&ec2);
            }
            made
        }
    };
    let id = match attempt(true, Vec::new()).await {
        // Less than the least that is wanted is nothing; that it is, is written down.
        Err(error) if error.code() == UNFULFILLABLE => attempt(false, none_of(&fleet, &error)).await?,
        other => other?,
    };
    answer(&ec2, &id, is_instant)
}

/// That fewer instances could be launched than are wanted at least.
const UNFULFILLABLE: &str = "UnfulfillableCapacity";

fn none_of(fleet: &Fleet, error: &Error) -> Vec<FleetFault> {
    let from = fleet.configs.first().map(|config| crate::model::LaunchedFrom {
        source: config.source.clone(),
        choice: config.overrides.first().cloned().unwrap_or_default(),
    });
    let market = if fleet.spot.min.is_some() { FleetMarket::Spot } else { FleetMarket::OnDemand };
    from.map(|from| FleetFault { from, market, code: error.code().to_owned(), message: error.to_string() })
        .into_iter()
        .collect()
}

fn answer(ec2: &Ec2, id: &str, is_instant: bool) -> Result<CreateFleetResult> {
    let mut answer = CreateFleetResult { fleet_id: Some(id.to_owned()), ..Default::default() };
    if is_instant {
        let now = ec2.now();
        let members = members::read(&mut ec2.committed(), id, now)?;
        let fleet: Option<Fleet> = ec2.committed().read(id)?;
        let faults = fleet.map(|fleet| fleet.faults).unwrap_or_default();
        answer.errors = Some(faults.iter().map(view::created_fault).collect());
        answer.instances = Some(view::created_instances(&members));
    }
    Ok(answer)
}

fn instant(ec2: &Ec2, tx: &mut dyn Tx, fleet: &mut Fleet, ready: &Ready, promised: &Promised) -> Result<()> {
    let missing: Vec<(FleetMarket, u64)> =
        FleetMarket::ALL.map(|market| (market, members::target(fleet, market))).into();
    let now = ec2.now();
    let launch = Launch { ec2, fleet: &mut *fleet, ready, members: &[], at_most: usize::MAX, promised, now };
    let launched = launch.carry_out(tx, &missing)?;
    for market in FleetMarket::ALL {
        let Some(min) = fleet.options(market).min else { continue };
        let mine = launched.members.iter().filter(|(member, _)| member.market == market);
        let brought: u64 = mine.map(|(member, _)| member.weight).sum();
        if brought < u64::from(min) * UNIT {
            return Err(Error::other(
                UNFULFILLABLE,
                "The minimum target capacity cannot be met, so that no instances were launched.",
            ));
        }
    }
    // One that is launched once does not look for room again.
    fleet.avoided.clear();
    fleet.faults = launched.faults;
    Ok(())
}

/// Names that lead nowhere are refused at once; what else is wrong shows when instances are launched.
fn check_templates(from: &mut (impl Reader + ?Sized), fleet: &Fleet) -> Result<()> {
    for config in &fleet.configs {
        if let FleetSource::Template { id, name, version } = &config.source {
            if version.is_none() {
                return Err(Error::MissingParameter("LaunchTemplateSpecification.Version"));
            }
            let template = launch::find_template(from, &fleet.account, id.as_deref(), name.as_deref())?;
            launch::find_version(from, &template, version.as_deref())?;
        }
    }
    Ok(())
}

fn read(ec2: &Ec2, call: &Call, input: CreateFleetRequest) -> Result<Fleet> {
    let now = ec2.now();
    let kind = request::kind(input.r#type.as_deref())?;
    for (name, said) in
        [("Context", input.context.is_some()), ("ReservedCapacityOptions", input.reserved_capacity_options.is_some())]
    {
        if said {
            return Err(Error::no_effect(name));
        }
    }
    let target = input.target_capacity_specification.ok_or(Error::MissingParameter("TargetCapacitySpecification"))?;
    let target = request::target(target)?;
    if target.total == 0 && kind != FleetKind::Maintain {
        return Err(Error::invalid_value("TotalTargetCapacity", 0, "It must be positive."));
    }
    if input.replace_unhealthy_instances == Some(true) && kind != FleetKind::Maintain {
        return Err(Error::InvalidParameterCombination(
            "ReplaceUnhealthyInstances can only be used with fleets of type maintain.".into(),
        ));
    }
    if let (Some(from), Some(until)) = (input.valid_from, input.valid_until)
        && until <= from
    {
        return Err(Error::InvalidParameterCombination("ValidUntil must come after ValidFrom.".into()));
    }
    if let Some(until) = input.valid_until.filter(|until| *until <= now) {
        return Err(Error::invalid_value("ValidUntil", until, "It must be a date in the future."));
    }
    let (spot, behavior, rebalance) = request::spot_options(input.spot_options.unwrap_or_default(), kind)?;
    let on_demand = match input.on_demand_options {
        Some(options) => request::on_demand_options(options, kind)?,
        None => MarketOptions::new(Strategy::LowestPrice),
    };
    let (tags, instance_tags) = tags(kind, input.tag_specifications)?;
    Ok(Fleet {
        id: format!("{}-{}", Fleet::prefix(FleetApi::Ec2), ids::uuid()),
        account: call.account().to_owned(),
        api: FleetApi::Ec2,
        kind,
        created: now,
        client_token: input.client_token,
        state: FleetState::Submitted,
        target,
        ends_excess: request::ends_excess(input.excess_capacity_termination_policy.as_deref())?,
        terminates_with_expiration: input.terminate_instances_with_expiration.unwrap_or(false),
        replaces_unhealthy: input.replace_unhealthy_instances.unwrap_or(false),
        valid_from: input.valid_from,
        valid_until: input.valid_until,
        behavior,
        spot,
        on_demand,
        rebalance,
        max_price: None,
        configs: request::configs(input.launch_template_configs.unwrap_or_default())?,
        role: None,
        tags,
        instance_tags,
        faults: Vec::new(),
        avoided: Default::default(),
        ended: None,
        records: 0,
    })
}

/// *API reference, CreateFleet: TagSpecification*: instances of all fleets but instant ones are tagged by their template.
fn tags(kind: FleetKind, said: Option<Vec<TagSpecification>>) -> Result<(Tags, Tags)> {
    let all = said.unwrap_or_default();
    let is_instances =
        |one: &TagSpecification| one.resource_type.as_deref() == Some("instance") && kind == FleetKind::Instant;
    let (instances, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_instances);
    Ok((
        tagging::for_new(Fleet::resource_type(FleetApi::Ec2), Some(rest))?,
        tagging::for_new("instance", Some(instances))?,
    ))
}

/// Of everything that is asked but the token.
fn fingerprint(input: &CreateFleetRequest) -> String {
    let input = CreateFleetRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}
