//! `RequestSpotInstances`: as many requests as instances are asked for. They are open until the reconciler has launched.

use std::sync::Arc;

use freehold_api::ec2::{RequestSpotInstancesRequest, RequestSpotInstancesResult};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::launch_specification;
use super::view::view;
use crate::errors::{Error, Result};
use crate::launch::{self, Order, market};
use crate::lookup;
use crate::model::{InterruptionBehavior, MarketParameters, SpotKind, SpotParameters, SpotRequest};
use crate::operations::dry_run;
use crate::{Ec2, tagging};

/// As for RunInstances.
const MAX_COUNT: i32 = 1000;
/// *API reference, RequestSpotInstances: ValidUntil*
const VALID_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

pub async fn request_spot_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: RequestSpotInstancesRequest,
) -> Result<RequestSpotInstancesResult> {
    let now = ec2.now();
    for (name, said) in
        [("LaunchGroup", &input.launch_group), ("AvailabilityZoneGroup", &input.availability_zone_group)]
    {
        if said.is_some() {
            return Err(Error::no_effect(name));
        }
    }
    let count = count(input.instance_count)?;
    let spot = spot(&input, now)?;
    let valid_from = input.valid_from;
    if let Some(from) = valid_from.filter(|from| *from <= now) {
        return Err(Error::invalid_value("ValidFrom", from, "It must be a date in the future."));
    }
    if valid_from.is_some() && spot.valid_until <= valid_from {
        return Err(Error::InvalidParameterCombination("ValidUntil must come after ValidFrom.".into()));
    }
    let fingerprint = fingerprint(&input);
    let token = input.client_token.clone().unwrap_or_else(|| call.request_id.clone());
    let tags = tagging::for_new("spot-instances-request", input.tag_specifications)?;
    let specification = input.launch_specification.ok_or(Error::MissingParameter("LaunchSpecification"))?;
    let mut parameters = launch_specification::read(specification)?;
    parameters.market = Some(MarketParameters::Spot(spot.clone()));
    let surroundings = launch::surroundings(&ec2, call.account(), &parameters).await?;

    let (writer, account, dry) = (Arc::clone(&ec2), call.account().to_owned(), input.dry_run);
    let made: Vec<SpotRequest> = ec2
        .store
        .transact(move |tx| {
            let request = Request {
                account: &account,
                operation: "ec2.RequestSpotInstances",
                token: &token,
                fingerprint: &fingerprint,
            };
            if let Some(ids) = idempotency::recall::<Vec<String>>(tx, &request)? {
                return lookup::many(tx, &account, &ids);
            }
            let order = Order {
                account: &account,
                reservation: "",
                client_token: "",
                parameters: &parameters,
                template: None,
                surroundings,
                ids: &[],
                min: 1,
                dry_run: None,
            };
            launch::check_order(&writer, tx, &order)?;
            dry_run(dry)?;
            let new = || SpotRequest { valid_from, tags: tags.clone(), ..launch::new_request(&order, &spot, now) };
            let made: Vec<SpotRequest> = (0..count).map(|_| new()).collect();
            for one in &made {
                tx.put(one)?;
            }
            let ids: Vec<String> = made.iter().map(|one| one.id.clone()).collect();
            idempotency::remember(tx, &request, &ids, now)?;
            Ok(made)
        })
        .await?;
    let shown = view(&mut ec2.committed(), call.account(), made)?;
    Ok(RequestSpotInstancesResult { spot_instance_requests: Some(shown) })
}

fn count(said: Option<i32>) -> Result<i32> {
    let count = said.unwrap_or(1);
    if (1..=MAX_COUNT).contains(&count) {
        return Ok(count);
    }
    Err(Error::invalid_value("InstanceCount", count, "Expected an integer between 1 and 1000."))
}

/// *API reference, RequestSpotInstances*: a persistent request may let its instance end with an interruption, and one for a
/// single instance may have a date.
fn spot(input: &RequestSpotInstancesRequest, now: Timestamp) -> Result<SpotParameters> {
    market::refuse_block(input.block_duration_minutes)?;
    let kind = input.r#type.as_deref().map(|kind| market::spot_kind("Type", kind)).transpose()?.unwrap_or_default();
    let behavior = input.instance_interruption_behavior.as_deref().map(market::interruption_behavior).transpose()?;
    if kind == SpotKind::OneTime && behavior == Some(InterruptionBehavior::Stop) {
        return Err(market::stop_needs_persistent());
    }
    if let Some(until) = input.valid_until.filter(|until| *until <= now) {
        return Err(Error::invalid_value("ValidUntil", until, "It must be a date in the future."));
    }
    let begins = input.valid_from.unwrap_or(now);
    let default = (kind == SpotKind::OneTime).then(|| begins.saturating_add(VALID_FOR).unwrap_or(Timestamp::MAX));
    Ok(SpotParameters {
        max_price: market::max_price("SpotPrice", input.spot_price.clone())?,
        kind: Some(kind),
        valid_until: input.valid_until.or(default),
        behavior,
    })
}

/// Of everything that is asked but the token.
fn fingerprint(input: &RequestSpotInstancesRequest) -> String {
    let input = RequestSpotInstancesRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}
