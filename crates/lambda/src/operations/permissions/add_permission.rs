//! AddPermission: lets a service, an account or an identity invoke the function, a version or an alias.

use std::sync::Arc;

use freehold_api::lambda::{AddPermissionRequest, AddPermissionResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::names::{FunctionName, LATEST};
use crate::policy;
use crate::statements::{self, Statement};

pub(super) async fn add_permission(
    lambda: Arc<Lambda>,
    call: Call,
    input: AddPermissionRequest,
) -> Result<AddPermissionResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    if name.qualifier.as_deref() == Some(LATEST) {
        return Err(Error::invalid("We currently do not support adding policies for $LATEST.").into());
    }
    let (action, principal) = (input.action.unwrap_or_default(), input.principal.unwrap_or_default());
    let mut conditions = Vec::new();
    if let Some(account) = input.source_account {
        conditions.push(("StringEquals", "AWS:SourceAccount", account));
    }
    if let Some(arn) = input.source_arn {
        conditions.push(("ArnLike", "AWS:SourceArn", arn));
    }
    // Nobody here belongs to an organization or brings a token, so that these let nobody in.
    if let Some(organization) = input.principal_org_id {
        conditions.push(("StringEquals", "aws:PrincipalOrgID", organization));
    }
    if let Some(token) = input.event_source_token {
        conditions.push(("StringEquals", "lambda:EventSourceToken", token));
    }
    if let Some(auth) = input.function_url_auth_type {
        if action != "lambda:InvokeFunctionUrl" {
            return Err(
                Error::invalid("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action").into()
            );
        }
        conditions.push(("StringEquals", "lambda:FunctionUrlAuthType", auth));
    }
    if let Some(via) = input.invoked_via_function_url {
        conditions.push(("Bool", "lambda:InvokedViaFunctionUrl", via.to_string()));
    }
    let id = input.statement_id.unwrap_or_default();
    let resource = name.qualified_arn();
    let statement =
        Statement { id: &id, action: &action, principal: &principal, resource: &resource, conditions }.json()?;
    let added = statement.to_string();
    let kept = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut function = lookup::function(&mut *tx, &name)?;
        lookup::qualified(&mut *tx, &name)?;
        let key = policy::key(name.qualifier.as_deref());
        let present = function.policies.get(key);
        statements::check_revision(present, input.revision_id.as_deref(), "GetPolicy")?;
        let policy = statements::with(present, &statement)?;
        function.policies.insert(key.to_owned(), policy);
        Ok(tx.put(&function)?)
    });
    kept.await?;
    Ok(AddPermissionResponse { statement: Some(added) })
}
