//! The answer to the endpoint's question: may this call be made?

use std::sync::Arc;

use freehold_core::{Principal, PrincipalKind};
use freehold_store::StoreExt;
use freehold_wire::server::{Authenticator, Authorisation, Credentials, Denied};

use crate::model::Role;
use crate::policy::{Context, Decision, Kind, Policy, Question, evaluate};
use crate::protection::Wish;
use crate::{Iam, condition_keys, passed_roles, resources, trust};

/// Needs no permission, and cannot be forbidden (*STS API reference, GetCallerIdentity*).
const ALWAYS: &str = "sts:GetCallerIdentity";
/// The role's trust policy is needed to decide; the operation itself does.
const BY_TRUST: &str = "sts:AssumeRole";

impl Authenticator for Iam {
    fn credentials(&self, access_key_id: &str) -> Option<Arc<Credentials>> {
        self.key(access_key_id).map(|key| Arc::clone(&key.credentials))
    }

    fn has_ended(&self, credentials: &Credentials) -> bool {
        credentials.expires.is_some_and(|expires| expires <= self.clock.now())
    }

    fn authorise(&self, question: &Authorisation<'_>) -> Result<(), Denied> {
        let caller = &question.call.principal;
        if self.protection.covers(question.service) {
            return self.authorise_protected(question);
        }
        // Root may do everything. Temporary credentials of root may not change who may do what (*STS API reference,
        // GetSessionToken: no IAM operations, and of STS two only*); the common case needs no look-up.
        if caller.kind == PrincipalKind::Root
            && (!matches!(question.service, "iam" | "sts") || !self.is_temporary(caller))
        {
            return Ok(());
        }
        let action = format!("{}:{}", prefix(question.service), question.call.operation);
        if action == ALWAYS || action == BY_TRUST {
            return Ok(());
        }
        let context = condition_keys::of(question);
        for resource in resources::of(self, question) {
            self.require(caller, &action, &resource, &context)?;
        }
        for passed in passed_roles::of(self, question) {
            let context = context.clone().with("iam:PassedToService", passed.service);
            self.require(caller, "iam:PassRole", &passed.role_arn, &context)?;
        }
        Ok(())
    }
}

impl Iam {
    /// Services whose resources have policies. Root's calls to what is its own are most of all calls, and cost the
    /// look-up of a policy.
    fn authorise_protected(&self, question: &Authorisation<'_>) -> Result<(), Denied> {
        let action = protected_action(question);
        let resources = resources::of(self, question);
        let context = || condition_keys::of(question);
        resources.iter().try_for_each(|resource| {
            let wish = Wish { caller: &question.call.principal, action: &action, resource };
            self.require_both(wish, &context)
        })?;
        for passed in passed_roles::of(self, question) {
            let context = context().with("iam:PassedToService", passed.service);
            self.require(&question.call.principal, "iam:PassRole", &passed.role_arn, &context)?;
        }
        Ok(())
    }

    fn require(&self, caller: &Principal, action: &str, resource: &str, context: &Context) -> Result<(), Denied> {
        let explicit = match self.decide(caller, action, resource, context) {
            Decision::Allowed => return Ok(()),
            Decision::ImplicitlyDenied => false,
            Decision::ExplicitlyDenied => true,
        };
        let (action, resource) = (action.to_owned(), resource.to_owned());
        Err(Denied { principal: caller.arn.to_string(), action, resource, explicit, policy: "identity-based" })
    }

    /// What the caller's own policies say: for a session of a role, the role's and the session's together.
    pub(crate) fn decide(&self, caller: &Principal, action: &str, resource: &str, context: &Context) -> Decision {
        let PrincipalKind::AssumedRole { role, .. } = &caller.kind else {
            return if self.is_temporary(caller) { Decision::ImplicitlyDenied } else { Decision::Allowed };
        };
        let role = self.store.get::<Role>(&Role::id(&caller.account, role));
        let role = role.inspect_err(|error| tracing::error!(%error, "a role cannot be read")).ok().flatten();
        // A role that was deleted and made anew is another one.
        let Some(role) = role.filter(|role| caller.user_id.split(':').next() == Some(&*role.unique_id)) else {
            return Decision::ImplicitlyDenied;
        };
        let arns = trust::names(caller);
        let question = Question { action, resource, context, arns: &arns, account: &caller.account, service: None };
        let Ok(policies) =
            role.policies.values().map(|text| Policy::parse(text, Kind::Identity)).collect::<Result<Vec<_>, _>>()
        else {
            return Decision::ImplicitlyDenied;
        };
        let decision = evaluate(&policies, &question);
        match self.key(&caller.access_key_id) {
            Some(key) => match &key.session_policy {
                Some(policy) => decision.and(evaluate([policy], &question)),
                None => decision,
            },
            None => Decision::ImplicitlyDenied,
        }
    }

    fn is_temporary(&self, caller: &Principal) -> bool {
        self.key(&caller.access_key_id).is_none_or(|key| key.is_temporary)
    }
}

/// What actions of a service begin with (*Service authorization reference*): mostly the name in credential scopes.
fn prefix(service: &str) -> &str {
    if service == "monitoring" { "cloudwatch" } else { service }
}

/// The action of a call. What allows an operation allows its batch (*Actions defined by Amazon SQS*, *by Amazon SNS*);
/// all ways to invoke a function are one action (*by AWS Lambda*).
fn protected_action(question: &Authorisation<'_>) -> String {
    let operation = match (question.service, question.call.operation) {
        ("lambda", "Invoke" | "InvokeAsync" | "InvokeWithResponseStream") => "InvokeFunction",
        ("lambda", "GetLayerVersionByArn") => "GetLayerVersion",
        (_, operation) => operation,
    };
    format!("{}:{}", question.service, operation.strip_suffix("Batch").unwrap_or(operation))
}
