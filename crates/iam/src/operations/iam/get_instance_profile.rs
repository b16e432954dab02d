//! GetInstanceProfile.

use std::sync::Arc;

use freehold_api::iam::{GetInstanceProfileRequest, GetInstanceProfileResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::view;
use crate::Iam;
use crate::errors::Error;
use crate::model::{InstanceProfile, Role};

pub(super) async fn get_instance_profile(
    iam: Arc<Iam>,
    call: Call,
    input: GetInstanceProfileRequest,
) -> Result<GetInstanceProfileResponse, freehold_wire::Error> {
    let name = input.instance_profile_name.unwrap_or_default();
    let found = iam.store.get::<InstanceProfile>(&InstanceProfile::id(call.account(), &name)).map_err(Error::from)?;
    let Some(profile) = found else { return Err(Error::NoSuchInstanceProfile(name).into()) };
    let role = match &profile.role {
        Some(role) => iam.store.get::<Role>(&Role::id(call.account(), role)).map_err(Error::from)?,
        None => None,
    };
    Ok(GetInstanceProfileResponse { instance_profile: Some(view::instance_profile(&profile, role.as_ref())) })
}
