//! ListInstanceProfiles.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::iam::{self, ListInstanceProfilesRequest, ListInstanceProfilesResponse};
use freehold_store::{Document, Filter, StoreExt};
use freehold_wire::Call;

use super::{pages, view};
use crate::Iam;
use crate::errors::Error;
use crate::model::{InstanceProfile, Role};

pub(super) async fn list_instance_profiles(
    iam: Arc<Iam>,
    call: Call,
    input: ListInstanceProfilesRequest,
) -> Result<ListInstanceProfilesResponse, freehold_wire::Error> {
    let own = Filter::account(call.account());
    let mut profiles = iam.store.list::<InstanceProfile>(&own).map_err(Error::from)?;
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    profiles.retain(|profile| profile.path.starts_with(prefix));
    let query = [call.operation, call.account(), prefix];
    let page = pages::page(profiles, &query, input.marker.as_deref(), input.max_items, Document::id)?;

    let roles = iam.store.list::<Role>(&own).map_err(Error::from)?;
    let roles: BTreeMap<&str, &Role> = roles.iter().map(|role| (role.name.as_str(), role)).collect();
    let shown = page.items.iter().map(|profile| {
        let role = profile.role.as_deref().and_then(|role| roles.get(role).copied());
        // Lists leave the tags out (*API reference, ListInstanceProfiles*).
        iam::InstanceProfile { tags: None, ..view::instance_profile(profile, role) }
    });
    Ok(ListInstanceProfilesResponse {
        instance_profiles: Some(shown.collect()),
        is_truncated: Some(page.marker.is_some()),
        marker: page.marker,
    })
}
