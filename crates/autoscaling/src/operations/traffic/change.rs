//! Target groups and classic load balancers come and go.

use std::sync::Arc;

use freehold_api::autoscaling::TrafficSourceIdentifier;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{TrafficSource, TrafficState, is_classic};
use crate::operations::check;

/// *API reference, AttachTrafficSources*
const SOURCES_AT_MOST: usize = 10;

/// Target groups and classic load balancers that a request names, each of which exists and takes instances.
pub(in crate::operations) async fn checked(
    own: &Arc<AutoScaling>,
    account: &str,
    arns: Option<Vec<String>>,
    sources: Option<Vec<TrafficSourceIdentifier>>,
    classic: Option<Vec<String>>,
) -> Result<Vec<String>> {
    let mut all = arns.unwrap_or_default();
    if let Some(name) = all.iter().find(|arn| is_classic(arn)) {
        return Err(invalid_group(name));
    }
    all.extend(self::classic(classic)?);
    all.extend(identifiers(sources.unwrap_or_default())?);
    let mut known: Vec<String> = Vec::with_capacity(all.len());
    for arn in all {
        if known.contains(&arn) {
            continue;
        }
        own.world.check_target_group(account, &arn).await.map_err(|error| {
            if error.fault == freehold_wire::Fault::Receiver { check::refused("", error) } else { invalid(&arn) }
        })?;
        known.push(arn);
    }
    Ok(known)
}

fn invalid(source: &str) -> Error {
    if is_classic(source) { invalid_balancer(source) } else { invalid_group(source) }
}

fn invalid_balancer(name: &str) -> Error {
    Error::validation(format!(
        "Provided Load Balancers may not be valid. Please ensure they exist and try again. [{name}]"
    ))
}

fn invalid_group(arn: &str) -> Error {
    Error::validation(format!(
        "Provided Target Groups may not be valid. Please ensure they exist and try again. [{arn}]"
    ))
}

/// ARNs of target groups and names of classic load balancers; other kinds of sources do not exist here.
pub(super) fn identifiers(sources: Vec<TrafficSourceIdentifier>) -> Result<Vec<String>> {
    let one = |source: TrafficSourceIdentifier| {
        let arn = check::required("TrafficSources.Identifier", source.identifier)?;
        match source.r#type.as_deref() {
            None | Some("elbv2") if arn.starts_with("arn:") => Ok(arn),
            None | Some("elb") if is_classic(&arn) => Ok(arn),
            Some(kind @ "vpc-lattice") => Err(Error::no_effect(&format!("TrafficSources.Type={kind}"))),
            _ => Err(Error::validation(format!("The traffic source {arn} is not valid."))),
        }
    };
    sources.into_iter().map(one).collect()
}

/// Names of classic load balancers, of which none is the ARN of something else.
pub(super) fn classic(names: Option<Vec<String>>) -> Result<Vec<String>> {
    let names = names.unwrap_or_default();
    match names.iter().find(|name| !is_classic(name)) {
        Some(arn) => Err(invalid_balancer(arn)),
        None => Ok(names),
    }
}

/// Attaches what is not attached yet.
pub(super) async fn attach(own: &Arc<AutoScaling>, account: &str, name: &str, arns: Vec<String>) -> Result<()> {
    if arns.is_empty() || arns.len() > SOURCES_AT_MOST {
        return Err(Error::validation(format!("Between 1 and {SOURCES_AT_MOST} traffic sources must be specified.")));
    }
    own.group(account, name)?;
    let (classic, arns): (Vec<_>, Vec<_>) = arns.into_iter().partition(|source| is_classic(source));
    let arns = checked(own, account, Some(arns), None, Some(classic)).await?;
    own.change_group(account, name, move |_, group| {
        for arn in arns {
            match group.traffic.iter_mut().find(|source| source.arn == arn) {
                Some(source) if source.state == TrafficState::Removing => source.state = TrafficState::Adding,
                Some(_) => {}
                None => group.traffic.push(TrafficSource::new(arn)),
            }
        }
        Ok(())
    })
    .await
}

/// Detaches what is attached.
pub(super) async fn detach(own: &Arc<AutoScaling>, account: &str, name: &str, arns: Vec<String>) -> Result<()> {
    own.change_group(account, name, move |_, group| {
        for arn in arns {
            let source = group.traffic.iter_mut().find(|source| source.arn == arn).ok_or_else(|| {
                let what = if is_classic(&arn) { "Load Balancers" } else { "Target Groups" };
                Error::validation(format!("Trying to remove {what} that are not part of the group: [{arn}]"))
            })?;
            source.state = TrafficState::Removing;
        }
        Ok(())
    })
    .await
}
