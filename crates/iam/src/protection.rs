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

/// Subscriptions to a topic belong to whoever subscribed, in whatever account: the operation knows who that is, and what
/// policies say of the topic to others does not matter.
const BY_OPERATION: [&str; 4] =
    ["sns:ConfirmSubscription", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"];

const IDENTITY_BASED: &str = "identity-based";
const RESOURCE_BASED: &str = "resource-based";

/// A service whose resources have policies. Asked on the path of every call, so answers come from memory.
pub trait ResourcePolicies: Send + Sync + 'static {
    fn policy_of(&self, arn: &str) -> ResourcePolicy;

    /// Actions (`sqs:DeleteQueue`) that no policy can give to another account.
    fn owners_only(&self) -> &'static [&'static str] {
        &[]
    }
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
    fn of(&self, service: &str) -> Option<Arc<dyn ResourcePolicies>> {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services.iter().find(|(name, _)| *name == service).map(|(_, policies)| Arc::clone(policies))
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
        let service = self.protection.of(service);
        let policy = service.as_ref().map_or(ResourcePolicy::NoResource, |service| service.policy_of(resource));
        let owner = owner(resource);
        let is_own = owner.is_empty() || owner == caller.account || BY_OPERATION.contains(&action);
        let is_root = caller.kind == PrincipalKind::Root;
        let has_policy = matches!(policy, ResourcePolicy::Set(_));
        let may_deny = matches!(&policy, ResourcePolicy::Set(policy) if policy.may_deny());
        if is_own && is_root && (!may_deny || ROOTS.contains(&action)) {
            return Ok(());
        }
        let context = context();
        let own = if is_root { Decision::Allowed } else { self.decide(caller, action, resource, &context) };
        let is_owners = || service.as_ref().is_some_and(|service| service.owners_only().contains(&action));
        let granted = match &policy {
            ResourcePolicy::Set(_) if !is_own && is_owners() => Decision::ImplicitlyDenied,
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
        let policy = match self.protection.of(prefix).map(|service| service.policy_of(resource)) {
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

#[cfg(test)]
mod tests {
    use freehold_core::Clock;
    use freehold_store::{MemoryStore, SharedStore};

    use super::*;
    use crate::Development;
    use crate::development::root;
    use crate::policy::Kind;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:jobs";
    const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:news";
    const FOREIGN_TOPIC: &str = "arn:aws:sns:us-east-1:444455556666:news";

    /// A service with one resource.
    struct One(Option<Arc<Policy>>);

    impl ResourcePolicies for One {
        fn policy_of(&self, arn: &str) -> ResourcePolicy {
            match &self.0 {
                _ if arn != QUEUE => ResourcePolicy::NoResource,
                None => ResourcePolicy::Unset,
                Some(policy) => ResourcePolicy::Set(Arc::clone(policy)),
            }
        }

        fn owners_only(&self) -> &'static [&'static str] {
            &["sqs:DeleteQueue"]
        }
    }

    fn iam(statement: Option<&str>) -> Arc<Iam> {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let clock: Arc<dyn Clock> = Arc::new(freehold_core::SystemClock);
        let iam = Iam::new(store, clock, Development::Accepted);
        let policy = statement.map(|statement| {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Resource":"{QUEUE}",{statement}}}}}"#);
            Arc::new(Policy::parse(&text, Kind::Resource).unwrap())
        });
        iam.protect("sqs", Arc::new(One(policy)));
        iam
    }

    /// Whether an account's root may.
    fn may(iam: &Iam, account: &str, action: &str, resource: &str) -> Result<(), (bool, &'static str)> {
        let caller = root(account, account);
        iam.require_both(Wish { caller: &caller, action, resource }, &Context::default)
            .map_err(|denied| (denied.explicit, denied.policy))
    }

    const OWNER: &str = "111122223333";
    const STRANGER: &str = "444455556666";
    const SEND: &str = "sqs:SendMessage";

    #[test]
    fn without_a_policy_a_resource_is_its_accounts_alone() {
        let iam = iam(None);
        assert_eq!(may(&iam, OWNER, SEND, QUEUE), Ok(()));
        assert_eq!(may(&iam, STRANGER, SEND, QUEUE), Err((false, RESOURCE_BASED)));
        // What is not there is for the operation to say.
        assert_eq!(may(&iam, STRANGER, SEND, "arn:aws:sqs:us-east-1:111122223333:none"), Ok(()));
        assert_eq!(may(&iam, STRANGER, "sqs:ListQueues", "*"), Ok(()));
    }

    #[test]
    fn a_policy_lets_others_in_but_gives_the_resource_to_nobody() {
        let iam = iam(Some(r#""Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"SQS:*""#));
        assert_eq!(may(&iam, STRANGER, SEND, QUEUE), Ok(()));
        assert_eq!(may(&iam, STRANGER, "sqs:DeleteQueue", QUEUE), Err((false, RESOURCE_BASED)));
        assert_eq!(may(&iam, "777788889999", SEND, QUEUE), Err((false, RESOURCE_BASED)));
        assert_eq!(may(&iam, OWNER, "sqs:DeleteQueue", QUEUE), Ok(()));
    }

    #[test]
    fn a_deny_binds_the_owner_but_for_taking_it_back() {
        let iam = iam(Some(r#""Effect":"Deny","Principal":"*","Action":"sqs:*""#));
        assert_eq!(may(&iam, OWNER, SEND, QUEUE), Err((true, RESOURCE_BASED)));
        assert_eq!(may(&iam, OWNER, "sqs:SetQueueAttributes", QUEUE), Ok(()));
        assert_eq!(may(&iam, STRANGER, "sqs:SetQueueAttributes", QUEUE), Err((true, RESOURCE_BASED)));
    }

    fn topic_may(iam: &Iam, topic: &str) -> Decision {
        iam.service_may("sns.amazonaws.com", SEND, QUEUE, topic, owner(topic))
    }

    #[test]
    fn a_topic_of_the_same_account_may_unless_it_is_denied() {
        assert_eq!(topic_may(&iam(None), TOPIC), Decision::Allowed);
        assert_eq!(topic_may(&iam(None), FOREIGN_TOPIC), Decision::ImplicitlyDenied);
        let denying = iam(Some(r#""Effect":"Deny","Principal":"*","Action":"sqs:SendMessage""#));
        assert_eq!(topic_may(&denying, TOPIC), Decision::ExplicitlyDenied);
        // A deny for everyone but SNS does not hit SNS.
        let sparing =
            iam(Some(r#""Effect":"Deny","NotPrincipal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage""#));
        assert_eq!(topic_may(&sparing, TOPIC), Decision::Allowed);
    }

    #[test]
    fn a_topic_of_another_account_is_let_in_by_service_or_by_condition() {
        let condition = format!(r#""Condition":{{"ArnEquals":{{"aws:SourceArn":"{FOREIGN_TOPIC}"}}}}"#);
        for principal in [r#""*""#, r#"{"AWS":"*"}"#, r#"{"Service":"sns.amazonaws.com"}"#] {
            let iam = iam(Some(&format!(
                r#""Effect":"Allow","Principal":{principal},"Action":"sqs:SendMessage",{condition}"#
            )));
            assert_eq!(topic_may(&iam, FOREIGN_TOPIC), Decision::Allowed, "{principal}");
            let other = "arn:aws:sns:us-east-1:444455556666:other";
            assert_eq!(topic_may(&iam, other), Decision::ImplicitlyDenied, "{principal}");
        }
    }
}
