//! Whether a role may be assumed by somebody: what its trust policy says.

use freehold_core::{Principal, PrincipalKind};

use crate::model::Role;
use crate::policy::{Context, Decision, Kind, Policy, Question, evaluate};

const ASSUME_ROLE: &str = "sts:AssumeRole";

/// A role's trust policy does not name who asks.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotTrusted {
    #[error("there is no such instance profile, or it has no role")]
    NoRole,
    #[error("the role's trust policy does not let {0} assume it")]
    Untrusted(String),
    #[error(transparent)]
    Store(#[from] freehold_store::Error),
}

/// How a trust policy speaks of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    No,
    /// It forbids it.
    Forbidden,
    /// It trusts the caller's account; the caller's own policies must allow it as well.
    Account,
    /// It names the caller, which is enough within an account.
    Caller,
}

/// What `role` thinks of an identity of AWS.
pub(crate) fn of_principal(role: &Role, caller: &Principal, context: &Context) -> Trust {
    let arns = names(caller);
    let ask = |account: &str| decide(role, &Question { account, arns: &arns, ..blank(context) });
    match (ask(&caller.account), ask("")) {
        (Decision::ExplicitlyDenied, _) => Trust::Forbidden,
        (_, Decision::Allowed) if caller.account == role.account => Trust::Caller,
        (Decision::Allowed, _) => Trust::Account,
        _ => Trust::No,
    }
}

/// Whether `role` lets a service of AWS assume it: `ec2.amazonaws.com`.
pub(crate) fn of_service(role: &Role, service: &str, context: &Context) -> bool {
    decide(role, &Question { service: Some(service), ..blank(context) }) == Decision::Allowed
}

/// Every ARN by which policies may name the caller: a session's own and its role's.
pub(crate) fn names(caller: &Principal) -> Vec<String> {
    let mut names = vec![caller.arn.to_string()];
    if let PrincipalKind::AssumedRole { role, .. } = &caller.kind {
        names.push(format!("arn:aws:iam::{}:role/{role}", caller.account));
    }
    names
}

/// A trust policy has no resources, so every one is right.
fn blank(context: &Context) -> Question<'_> {
    Question { action: ASSUME_ROLE, resource: "*", context, arns: &[], account: "", service: None }
}

fn decide(role: &Role, question: &Question<'_>) -> Decision {
    // A policy that was accepted once and cannot be read now trusts nobody.
    Policy::parse(&role.trust_policy, Kind::Trust)
        .map_or(Decision::ImplicitlyDenied, |policy| evaluate([&policy], question))
}
