//! Resource policies of functions: who else may invoke them (*Developer guide, Using resource-based policies*).

use std::sync::Arc;

use freehold_iam::policy::{Context, Decision, Kind, Policy, Question, evaluate};
use freehold_iam::{ResourcePolicies, ResourcePolicy};
use freehold_store::StoreExt;

use crate::Lambda;
use crate::model::LayerVersion;
use crate::names::{FunctionName, LATEST};

/// What no policy can give to another account (*Actions defined by AWS Lambda*: what has no resource policy).
const OWNERS_ONLY: [&str; 3] = ["lambda:CreateFunction", "lambda:DeleteFunction", "lambda:PublishVersion"];

/// By what a function's policies are kept: a qualifier, or nothing for the function itself. `$LATEST` has no policy of its
/// own.
pub(crate) fn key(qualifier: Option<&str>) -> &str {
    match qualifier {
        None | Some(LATEST) => "",
        Some(qualifier) => qualifier,
    }
}

impl ResourcePolicies for Lambda {
    fn policy_of(&self, arn: &str) -> ResourcePolicy {
        self.find_policy(arn).unwrap_or_else(|error| {
            tracing::error!(%error, arn, "a policy cannot be read");
            // Nobody is let in by what cannot be read.
            ResourcePolicy::Unset
        })
    }

    fn owners_only(&self) -> &'static [&'static str] {
        &OWNERS_ONLY
    }
}

impl Lambda {
    fn find_policy(&self, arn: &str) -> Result<ResourcePolicy, freehold_store::Error> {
        if arn.contains(":layer:") {
            let layer = self.store.get::<LayerVersion>(arn)?;
            return Ok(parsed(layer.as_ref().and_then(|layer| Some(&*layer.permissions.as_ref()?.policy))));
        }
        // Mappings, code signing configurations: what has no policy belongs to its account alone.
        let Some(name) = FunctionName::parse(arn, "", "") else { return Ok(ResourcePolicy::Unset) };
        let Some(function) = self.functions.get(&name.arn())? else { return Ok(ResourcePolicy::NoResource) };
        let permissions = function.policies.get(key(name.qualifier.as_deref()));
        Ok(parsed(permissions.map(|permissions| permissions.policy.as_str())))
    }

    /// Whether a service of AWS may invoke the function for a resource of somebody's: only if the policy says so, in the
    /// function's own account too.
    pub(crate) fn service_may_invoke(&self, name: &FunctionName, service: &str, source: &str) -> bool {
        let account = source.split(':').nth(4).unwrap_or_default();
        let arn = name.qualified_arn();
        let policy = self.find_policy(&arn).unwrap_or_else(|error| {
            tracing::error!(%error, arn, "a policy cannot be read");
            ResourcePolicy::Unset
        });
        let ResourcePolicy::Set(policy) = policy else { return false };
        let context = Context::default()
            .with("aws:SourceArn", source)
            .with("aws:SourceAccount", account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", service);
        let question = Question {
            action: "lambda:InvokeFunction",
            resource: &arn,
            context: &context,
            arns: &[],
            account: "",
            service: Some(service),
        };
        evaluate([&*policy], &question) == Decision::Allowed
    }

    /// Whether anybody at all may call a function's address.
    pub(crate) fn everybody_may_call(&self, arn: &str) -> bool {
        let Ok(ResourcePolicy::Set(policy)) = self.find_policy(arn) else { return false };
        let context = Context::default().with("lambda:FunctionUrlAuthType", "NONE");
        let context = context.with("lambda:InvokedViaFunctionUrl", "true");
        let may = |action| {
            let question =
                Question { action, resource: arn, context: &context, arns: &[], account: "anonymous", service: None };
            evaluate([&*policy], &question) == Decision::Allowed
        };
        may("lambda:InvokeFunctionUrl")
    }
}

fn parsed(policy: Option<&str>) -> ResourcePolicy {
    match policy.map(|policy| Policy::parse(policy, Kind::Resource)) {
        None | Some(Err(_)) => ResourcePolicy::Unset,
        Some(Ok(policy)) => ResourcePolicy::Set(Arc::new(policy)),
    }
}
