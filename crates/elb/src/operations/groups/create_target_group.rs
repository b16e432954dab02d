//! CreateTargetGroup. The same name with the same settings is the same group.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elbv2::{CreateTargetGroupInput, CreateTargetGroupOutput};
use freehold_balancer::config::{Protocol, ProtocolVersion, TargetKind};
use freehold_core::Arn;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::health_check::{self, Of, Wanted};
use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::arns::{self, SERVICE};
use crate::model::{TargetGroup, Uses, names};
use crate::operations::{quotas, resource_names, tags};

pub(super) async fn create_target_group(
    elb: Arc<Elb>,
    call: Call,
    input: CreateTargetGroupInput,
) -> Result<CreateTargetGroupOutput, freehold_wire::Error> {
    let group = wanted(&elb, &call, input).await?;
    let made = elb.store.transact::<_, Error, _>(move |tx| put(tx, group)).await?;
    let uses = Uses::of(&*elb.store, call.account()).map_err(Error::from)?;
    Ok(CreateTargetGroupOutput { target_groups: Some(vec![view::group(&made, &uses)]) })
}

/// The group that is asked for, if nothing of the name is there.
async fn wanted(elb: &Elb, call: &Call, input: CreateTargetGroupInput) -> Result<TargetGroup, Error> {
    let name = input.name.clone().unwrap_or_default();
    resource_names::check_group(&name)?;
    refuse_unsupported(&input)?;
    let kind = match input.target_type.as_deref() {
        None | Some("instance") => TargetKind::Instance,
        Some("ip") => TargetKind::Ip,
        Some("lambda") => TargetKind::Lambda,
        Some(other) => {
            let why = format!("Target groups with the target type '{other}' are not supported in this region");
            return Err(Error::InvalidConfiguration(why));
        }
    };
    let (protocol, port, vpc) = reach(kind, &input)?;
    let protocol_version = version(protocol, input.protocol_version.as_deref())?;
    let checks = Wanted {
        enabled: input.health_check_enabled,
        protocol: input.health_check_protocol,
        port: input.health_check_port,
        path: input.health_check_path,
        matcher: input.matcher,
        interval: input.health_check_interval_seconds,
        timeout: input.health_check_timeout_seconds,
        healthy: input.healthy_threshold_count,
        unhealthy: input.unhealthy_threshold_count,
    };
    let health_check = health_check::of_new(Of { protocol, version: protocol_version }, checks)?;
    let tags = tags::of_new(input.tags)?;
    if let Some(vpc) = &vpc {
        elb.vpc(call.account(), vpc).await?;
    }
    let resource = format!("targetgroup/{name}/{}", arns::new_id());
    Ok(TargetGroup {
        arn: Arn::new(SERVICE, &call.region, call.account(), resource).to_string(),
        account: call.account().to_owned(),
        name,
        kind,
        protocol,
        protocol_version,
        port,
        vpc,
        health_check,
        attributes: BTreeMap::new(),
        targets: Vec::new(),
        tags,
        created: elb.now(),
    })
}

fn refuse_unsupported(input: &CreateTargetGroupInput) -> Result<(), Error> {
    if input.ip_address_type.as_deref().is_some_and(|kind| kind != "ipv4") {
        return Err(Error::InvalidConfiguration("The IP address type of targets can only be 'ipv4' here".into()));
    }
    if input.target_control_port.is_some() {
        let why = "The parameter TargetControlPort is not supported in this region";
        return Err(Error::InvalidConfiguration(why.into()));
    }
    Ok(())
}

/// Protocol, port and VPC, which all groups have but those of functions.
type Reach = (Option<Protocol>, Option<u16>, Option<String>);

fn reach(kind: TargetKind, input: &CreateTargetGroupInput) -> Result<Reach, Error> {
    let named =
        [("protocol", input.protocol.is_some()), ("port", input.port.is_some()), ("VPC", input.vpc_id.is_some())];
    if kind == TargetKind::Lambda {
        return match named.iter().find(|(_, is_named)| *is_named) {
            Some((what, _)) => Err(Error::invalid(format!(
                "A {what} cannot be specified for a target group with target type 'lambda'"
            ))),
            None => Ok((None, None, None)),
        };
    }
    let missing = |what: &str| Error::invalid(format!("A {what} must be specified"));
    let name = input.protocol.as_deref().ok_or_else(|| missing("protocol"))?;
    let unsupported = || Error::UnsupportedProtocol(format!("The protocol '{name}' is not supported in this region"));
    let protocol = names::parse_protocol(name).ok_or_else(unsupported)?;
    let port = input.port.and_then(|port| u16::try_from(port).ok()).ok_or_else(|| missing("port"))?;
    let vpc = input.vpc_id.clone().ok_or_else(|| missing("VPC ID"))?;
    Ok((Some(protocol), Some(port), Some(vpc)))
}

fn version(protocol: Option<Protocol>, name: Option<&str>) -> Result<Option<ProtocolVersion>, Error> {
    let has_versions = protocol.is_some_and(names::is_http);
    match name {
        None => Ok(has_versions.then_some(ProtocolVersion::Http1)),
        Some(_) if !has_versions => {
            Err(Error::invalid("A protocol version can be specified for the protocols HTTP and HTTPS only"))
        }
        Some(name) => match names::parse_version(name) {
            Some(version) => Ok(Some(version)),
            None => Err(Error::invalid(format!("Protocol version '{name}' must be one of GRPC, HTTP1, HTTP2"))),
        },
    }
}

fn put(tx: &mut dyn Tx, wanted: TargetGroup) -> Result<TargetGroup, Error> {
    let of_account = Filter::account(&wanted.account);
    let same_name = tx.list::<TargetGroup>(&of_account.clone().and_index(0, &wanted.name))?;
    if let Some(found) = same_name.into_iter().next() {
        return if is_same(&found, &wanted) { Ok(found) } else { Err(Error::DuplicateTargetGroupName(wanted.name)) };
    }
    if tx.list::<TargetGroup>(&of_account)?.len() >= quotas::TARGET_GROUPS {
        return Err(Error::too_many("TooManyTargetGroups", "The maximum number of target groups has been reached"));
    }
    tx.put(&wanted)?;
    Ok(wanted)
}

/// Whether what was asked for is what is there.
fn is_same(found: &TargetGroup, asked: &TargetGroup) -> bool {
    (found.kind, found.protocol, found.protocol_version) == (asked.kind, asked.protocol, asked.protocol_version)
        && (found.port, &found.vpc) == (asked.port, &asked.vpc)
        && found.health_check == asked.health_check
        && found.tags == asked.tags
}
