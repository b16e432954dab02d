//! CreateInstanceProfile.

use std::sync::Arc;

use freehold_api::iam::{CreateInstanceProfileRequest, CreateInstanceProfileResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{find, view};
use crate::errors::Error;
use crate::model::InstanceProfile;
use crate::{Iam, generate};

pub(super) async fn create_instance_profile(
    iam: Arc<Iam>,
    call: Call,
    input: CreateInstanceProfileRequest,
) -> Result<CreateInstanceProfileResponse, freehold_wire::Error> {
    let name = input.instance_profile_name.unwrap_or_default();
    let path = input.path.unwrap_or_else(|| "/".to_owned());
    let (unique_id, now) = (generate::instance_profile_id(), iam.clock.now());
    let mut profile = InstanceProfile::new(call.account(), &name, path, unique_id, now);
    profile.tags = find::tags(input.tags)?;
    let profile = iam
        .store
        .transact::<_, Error, _>(move |tx| {
            if tx.get::<InstanceProfile>(&InstanceProfile::id(&profile.account, &profile.name))?.is_some() {
                return Err(Error::EntityAlreadyExists { kind: "Instance Profile", name: profile.name });
            }
            tx.put(&profile)?;
            Ok(profile)
        })
        .await?;
    Ok(CreateInstanceProfileResponse { instance_profile: Some(view::instance_profile(&profile, None)) })
}
