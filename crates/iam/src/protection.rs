//! Resources that have policies of their own: queues and topics. Whoever owns a resource may let other accounts use
//! it, and may forbid what its own identities are allowed (*IAM user guide, Cross-account policy evaluation logic*).

use std::sync::{Arc, PoisonError, RwLock};

use freehold_core::{Principal, PrincipalKind};
use freehold_wire::server::Denied;

use crate::policy::{Context, Decision, Policy, Question, evaluate};
use crate::{Iam, trust};

/// What an account's root may always do to its own resources: else a policy that denies everything to everybody
/// could never be taken back (*SQS developer guide, Custom policies: the owner*).
const ROOTS: [&str; 8] = [
    "sqs:GetQueueAttributes",
    "sqs:SetQueueAttributes",
    "sqs:AddPermission",
    "sqs:RemovePermission",
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:AddPermission",
    "sns:RemovePermission",
];

const IDENTITY_BASED: &str = "identity-based";
const RESOURCE_BASED: &str = "resource-based";

/// A service whose resources have policies. Asked on the path of every call, so answers come from memory.
pub trait ResourcePolicies: Send + Sync + 'static {
    fn policy_of(&self, arn: &str) -> ResourcePolicy;
}

/// The policy of a resource.
#[derive(Debug, Clone)]
pub enum ResourcePolicy {
    /// There is no such resource; the operation will say so.
    NoResource,
    /// The resource has no policy: it belongs to its account alone.
    Unset,
    Set(Arc<Policy>),
}

/// Services by their prefix in actions.
#[derive(Default)]
pub(crate) struct Protection {
    services: RwLock<Vec<(&'static str, Arc<dyn ResourcePolicies>)>>,
}

impl Protection {
    /// `None` where the service's resources have no policies.
    fn policy_of(&self, service: &str, arn: &str) -> Option<ResourcePolicy> {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services.iter().find(|(name, _)| *name == service).map(|(_, policies)| policies.policy_of(arn))
    }

    pub fn covers(&self, service: &str) -> bool {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services.iter().any(|(name, _)| *name == service)
    }
}

/// What is asked for one resource.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub caller: &'a Principal,
    /// `sqs:SendMessage`
    pub action: &'a str,
    pub resource: &'a str,
}

impl Iam {
    /// From now on `policies` says what policies the resources of a service have.
    pub fn protect(&self, service: &'static str, policies: Arc<dyn ResourcePolicies>) {
        self.protection.services.write().unwrap_or_else(PoisonError::into_inner).push((service, policies));
    }

    /// Whether the caller may, by its own policies and the resource's. `context` is made only if a policy is read.
    pub(crate) fn require_both(&self, wish: Wish<'_>, context: &dyn Fn() -> Context) -> Result<(), Denied> {
        let Wish { caller, action, resource } = wish;
        let service = action.split(':').next().unwrap_or_default();
        let policy = self.protection.policy_of(service, resource).unwrap_or(ResourcePolicy::NoResource);
        let owner = owner(resource);
        let is_own = owner.is_empty() || owner == caller.account;
        let is_root = caller.kind == PrincipalKind::Root;
        let has_policy = matches!(policy, ResourcePolicy::Set(_));
        let may_deny = matches!(&policy, ResourcePolicy::Set(policy) if policy.may_deny());
        if is_own && is_root && (!may_deny || ROOTS.contains(&action)) {
            return Ok(());
        }
        let context = context();
        let own = if is_root { Decision::Allowed } else { self.decide(caller, action, resource, &context) };
        let granted = match &policy {
            ResourcePolicy::Set(policy) => {
                let (arns, account) = (trust::names(caller), caller.account.as_str());
                evaluate(
                    [&**policy],
                    &Question { action, resource, context: &context, arns: &arns, account, service: None },
                )
            }
            // What is not there cannot be protected; the caller is told that it does not exist.
            ResourcePolicy::NoResource => Decision::Allowed,
            ResourcePolicy::Unset => Decision::ImplicitlyDenied,
        };
        let denied = |explicit, policy| {
            let (principal, action, resource) = (caller.arn.to_string(), action.to_owned(), resource.to_owned());
            Err(Denied { principal, action, resource, explicit, policy })
        };
        match (own, granted) {
            (Decision::ExplicitlyDenied, _) => denied(true, IDENTITY_BASED),
            (_, Decision::ExplicitlyDenied) => denied(true, RESOURCE_BASED),
            (Decision::Allowed, Decision::Allowed) => Ok(()),
            (Decision::Allowed, _) if is_own => Ok(()),
            (_, Decision::Allowed) if is_own && has_policy => Ok(()),
            (Decision::Allowed, _) => denied(false, RESOURCE_BASED),
            _ => denied(false, IDENTITY_BASED),
        }
    }

    /// Whether a service of AWS may do something to a resource for `source`, which belongs to `source_account`: in
    /// the same account unless the resource's policy denies it, in another one if the policy allows it.
    pub fn service_may(
        &self,
        service: &str,
        action: &str,
        resource: &str,
        source: &str,
        source_account: &str,
    ) -> Decision {
        let prefix = action.split(':').next().unwrap_or_default();
        let is_own = owner(resource) == source_account;
        let policy = match self.protection.policy_of(prefix, resource) {
            Some(ResourcePolicy::Set(policy)) => policy,
            Some(ResourcePolicy::Unset) if is_own => return Decision::Allowed,
            _ => return Decision::ImplicitlyDenied,
        };
        let context = Context::default()
            .with("aws:SourceArn", source)
            .with("aws:SourceAccount", source_account)
            .with("aws:SourceOwner", source_account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", service);
        let service = Some(service);
        let question = Question { action, resource, context: &context, arns: &[], account: "", service };
        match evaluate([&*policy], &question) {
            Decision::ImplicitlyDenied if is_own => Decision::Allowed,
            decision => decision,
        }
    }
}

/// The account in an ARN; empty where there is none.
fn owner(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
