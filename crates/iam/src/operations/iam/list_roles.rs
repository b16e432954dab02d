//! ListRoles.

use std::sync::Arc;

use freehold_api::iam::{self, ListRolesRequest, ListRolesResponse};
use freehold_store::{Document, Filter, StoreExt};
use freehold_wire::Call;

use super::{pages, view};
use crate::Iam;
use crate::errors::Error;
use crate::model::Role;

pub(super) async fn list_roles(
    iam: Arc<Iam>,
    call: Call,
    input: ListRolesRequest,
) -> Result<ListRolesResponse, freehold_wire::Error> {
    let mut roles = iam.store.list::<Role>(&Filter::account(call.account())).map_err(Error::from)?;
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    roles.retain(|role| role.path.starts_with(prefix));
    let query = [call.operation, call.account(), prefix];
    let page = pages::page(roles, &query, input.marker.as_deref(), input.max_items, Document::id)?;
    Ok(ListRolesResponse {
        // Lists leave the tags out (*API reference, ListRoles*).
        roles: Some(page.items.iter().map(|role| iam::Role { tags: None, ..view::role(role) }).collect()),
        is_truncated: Some(page.marker.is_some()),
        marker: page.marker,
    })
}
