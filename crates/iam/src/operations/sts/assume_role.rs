//! AssumeRole: temporary credentials of a role that trusts the caller.

use std::sync::Arc;

use freehold_api::sts::{AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser};
use freehold_core::{Arn, Principal, PrincipalKind};
use freehold_store::StoreExt;
use freehold_wire::Call;
use jiff::SignedDuration;

use crate::Iam;
use crate::errors::Error;
use crate::generate::TOKEN_LENGTH;
use crate::issue::Session;
use crate::model::Role;
use crate::policy::{Context, Decision, Kind, Policy};
use crate::trust::{self, Trust};

const DEFAULT_SECONDS: i32 = 3600;
/// *API reference, AssumeRole: role chaining limits a session to an hour.*
const CHAINED_SECONDS: i32 = 3600;
/// *API reference, AssumeRole, Policy: 2,048 characters.*
const SESSION_POLICY_CHARACTERS: usize = 2048;

pub(crate) async fn assume_role(
    iam: Arc<Iam>,
    call: Call,
    input: AssumeRoleRequest,
) -> Result<AssumeRoleResponse, freehold_wire::Error> {
    refuse_what_is_missing(&input)?;
    let arn = input.role_arn.clone().unwrap_or_default();
    let role = find(&iam, &arn)?;
    let denied = || {
        Error::AccessDenied(format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            call.principal.arn
        ))
    };
    // Whether a role exists is nobody's business who may not assume it.
    let role = role.ok_or_else(denied)?;
    if !may_assume(&iam, &call, &role, &arn, input.external_id.as_deref()) {
        return Err(denied().into());
    }
    let seconds = duration(&call.principal, &role, input.duration_seconds)?;
    let packed_policy_size = input.policy.as_deref().map(check_session_policy).transpose()?;

    let name = input.role_session_name.unwrap_or_default();
    let session = Session { role: &role, name: &name };
    let user = AssumedRoleUser { assumed_role_id: Some(session.user_id()), arn: Some(session.arn().to_string()) };
    let lifetime = SignedDuration::from_secs(seconds.into());
    let issued = iam.issue(session.principal(), lifetime, input.policy).await.map_err(Error::from)?;
    Ok(AssumeRoleResponse {
        credentials: Some(super::view(issued)),
        assumed_role_user: Some(user),
        packed_policy_size,
        ..Default::default()
    })
}

/// Parameters whose effect Freehold does not have yet are refused rather than ignored.
fn refuse_what_is_missing(input: &AssumeRoleRequest) -> Result<(), Error> {
    let is_used = |list: Option<usize>| list.is_some_and(|length| length > 0);
    if is_used(input.policy_arns.as_ref().map(Vec::len)) {
        return Err(Error::Validation("PolicyArns: Freehold has no managed policies; use Policy.".into()));
    }
    if is_used(input.tags.as_ref().map(Vec::len)) || is_used(input.transitive_tag_keys.as_ref().map(Vec::len)) {
        return Err(Error::Validation("Tags: Freehold has no session tags.".into()));
    }
    if input.source_identity.is_some() || is_used(input.provided_contexts.as_ref().map(Vec::len)) {
        return Err(Error::Validation("SourceIdentity and ProvidedContexts: Freehold does not have them.".into()));
    }
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(no_such_device());
    }
    check_token_size(input.minimum_session_token_size)
}

/// There are no MFA devices, so every code is wrong.
pub(super) fn no_such_device() -> Error {
    Error::AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ".into())
}

pub(super) fn check_token_size(minimum: Option<i32>) -> Result<(), Error> {
    match minimum.and_then(|minimum| usize::try_from(minimum).ok()) {
        Some(minimum) if minimum > TOKEN_LENGTH => {
            Err(Error::Validation(format!("MinimumSessionTokenSize: session tokens have {TOKEN_LENGTH} bytes.")))
        }
        _ => Ok(()),
    }
}

fn find(iam: &Iam, text: &str) -> Result<Option<Role>, Error> {
    let invalid = || Error::Validation(format!("{text} is invalid"));
    let arn: Arn = text.parse().map_err(|_| invalid())?;
    if arn.service != "iam" || arn.account.is_empty() {
        return Err(invalid());
    }
    let name = arn.resource.strip_prefix("role/").and_then(|rest| rest.rsplit('/').next()).ok_or_else(invalid)?;
    let role = iam.store.get::<Role>(&Role::id(&arn.account, name))?;
    Ok(role.filter(|role| role.arn() == arn))
}

fn may_assume(iam: &Iam, call: &Call, role: &Role, arn: &str, external_id: Option<&str>) -> bool {
    let caller = &call.principal;
    let mut context = Context::default()
        .with("aws:SourceIp", call.source_ip.to_string())
        .with("aws:PrincipalArn", trust::names(caller).pop().unwrap_or_default())
        .with("aws:PrincipalAccount", &caller.account)
        .with("aws:userid", &caller.user_id);
    if let Some(external_id) = external_id {
        context.add("sts:ExternalId", external_id);
    }
    let trust = trust::of_principal(role, caller, &context);
    let own = || match caller.kind {
        // AWS does not let root assume roles, for the sake of its users, which Freehold does not have: here root is
        // the only identity with a key of its own.
        PrincipalKind::Root => Decision::Allowed,
        PrincipalKind::Anonymous => Decision::ImplicitlyDenied,
        PrincipalKind::AssumedRole { .. } => iam.decide(caller, "sts:AssumeRole", arn, &context),
    };
    match trust {
        Trust::No | Trust::Forbidden => false,
        Trust::Account => own() == Decision::Allowed,
        Trust::Caller => own() != Decision::ExplicitlyDenied,
    }
}

fn duration(caller: &Principal, role: &Role, asked: Option<i32>) -> Result<i32, Error> {
    let seconds = asked.unwrap_or(DEFAULT_SECONDS);
    if matches!(caller.kind, PrincipalKind::AssumedRole { .. }) && seconds > CHAINED_SECONDS {
        return Err(Error::Validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.".into(),
        ));
    }
    if seconds > role.max_session_seconds {
        return Err(Error::Validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".into(),
        ));
    }
    Ok(seconds)
}

/// Checks the policy and says how much of the room for it is used, in percent.
fn check_session_policy(text: &str) -> Result<i32, Error> {
    let length = text.chars().count();
    if length > SESSION_POLICY_CHARACTERS {
        return Err(Error::Validation(format!(
            "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less \
             than or equal to {SESSION_POLICY_CHARACTERS}"
        )));
    }
    Policy::parse(text, Kind::Identity)?;
    Ok(i32::try_from(length * 100 / SESSION_POLICY_CHARACTERS).unwrap_or(100))
}
