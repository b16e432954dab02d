//! AddLayerVersionPermission: lets another account, or everybody, have the layer in functions of theirs.

use std::sync::Arc;

use freehold_api::lambda::{AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{find, number};
use crate::Lambda;
use crate::errors::Error;
use crate::model::LayerVersion;
use crate::names;
use crate::statements::{self, Statement};

pub(super) async fn add_layer_version_permission(
    lambda: Arc<Lambda>,
    call: Call,
    input: AddLayerVersionPermissionRequest,
) -> Result<AddLayerVersionPermissionResponse, freehold_wire::Error> {
    let layer = names::layer(&call, input.layer_name.as_deref())?;
    let id = LayerVersion::id(&layer, number(input.version_number)?);
    let (sid, principal) = (input.statement_id.unwrap_or_default(), input.principal.unwrap_or_default());
    let action = input.action.unwrap_or_default();
    if input.organization_id.is_some() && principal != "*" {
        return Err(Error::invalid("OrganizationId can be specified only when the principal is '*'.").into());
    }
    // No account of this region belongs to an organization, so that its members are nobody.
    let is_for_members = input.organization_id.is_some();
    let organization = input.organization_id.map(|id| ("StringEquals", "aws:PrincipalOrgID", id));
    let conditions = organization.into_iter().collect();
    let statement = Statement { id: &sid, action: &action, principal: &principal, resource: &id, conditions }.json()?;
    let text = statement.to_string();
    let added = lambda.store.transact::<_, Error, _>(move |tx| {
        let mut found = find(&mut *tx, &id)?;
        statements::check_revision(found.permissions.as_ref(), input.revision_id.as_deref(), "GetLayerVersionPolicy")?;
        let permissions = statements::with(found.permissions.as_ref(), &statement)?;
        let revision = permissions.revision_id.clone();
        found.permissions = Some(permissions);
        if !is_for_members {
            let account = principal.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split(':').next());
            found.allowed.insert(sid, account.unwrap_or(&principal).to_owned());
        }
        tx.put(&found)?;
        Ok(revision)
    });
    Ok(AddLayerVersionPermissionResponse { statement: Some(text), revision_id: Some(added.await?) })
}
