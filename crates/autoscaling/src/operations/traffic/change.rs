//! Target groups come and go.

use std::sync::Arc;

use freehold_api::autoscaling::TrafficSourceIdentifier;

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{TrafficSource, TrafficState};
use crate::operations::check;

/// *API reference, AttachTrafficSources*
const SOURCES_AT_MOST: usize = 10;

/// Target groups that a request names, each of which exists and takes instances.
pub(in crate::operations) async fn checked(
    own: &Arc<AutoScaling>,
    account: &str,
    arns: Option<Vec<String>>,
    sources: Option<Vec<TrafficSourceIdentifier>>,
    classic: Option<Vec<String>>,
) -> Result<Vec<String>> {
    if classic.is_some_and(|names| !names.is_empty()) {
        return Err(Error::validation(
            "Provided Load Balancers may not be valid. Please ensure they exist and try again.",
        ));
    }
    let mut all = arns.unwrap_or_default();
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

fn invalid(arn: &str) -> Error {
    Error::validation(format!(
        "Provided Target Groups may not be valid. Please ensure they exist and try again. [{arn}]"
    ))
}

/// ARNs of target groups; other kinds of sources do not exist here.
pub(super) fn identifiers(sources: Vec<TrafficSourceIdentifier>) -> Result<Vec<String>> {
    let one = |source: TrafficSourceIdentifier| {
        let arn = check::required("TrafficSources.Identifier", source.identifier)?;
        match source.r#type.as_deref() {
            None | Some("elbv2") if arn.starts_with("arn:") => Ok(arn),
            Some(kind @ ("elb" | "vpc-lattice")) => Err(Error::no_effect(&format!("TrafficSources.Type={kind}"))),
            _ => Err(Error::validation(format!("The traffic source {arn} is not valid."))),
        }
    };
    sources.into_iter().map(one).collect()
}

/// Attaches what is not attached yet.
pub(super) async fn attach(own: &Arc<AutoScaling>, account: &str, name: &str, arns: Vec<String>) -> Result<()> {
    if arns.is_empty() || arns.len() > SOURCES_AT_MOST {
        return Err(Error::validation(format!("Between 1 and {SOURCES_AT_MOST} target groups must be specified.")));
    }
    own.group(account, name)?;
    let arns = checked(own, account, Some(arns), None, None).await?;
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
                Error::validation(format!("Trying to remove Target Groups that are not part of the group: [{arn}]"))
            })?;
            source.state = TrafficState::Removing;
        }
        Ok(())
    })
    .await
}
