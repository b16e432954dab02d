//! `ModifyLaunchTemplate`: which version is the default.

use std::sync::Arc;

use freehold_api::ec2::{ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::template_view;
use super::template_write::{Named, Once, fingerprint};
use crate::errors::{Error, Result};
use crate::model::LaunchTemplate;
use crate::operations::dry_run;
use crate::{Ec2, launch};

pub async fn modify_launch_template(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyLaunchTemplateRequest,
) -> Result<ModifyLaunchTemplateResult> {
    let once = Once {
        account: call.account().to_owned(),
        operation: "ec2.ModifyLaunchTemplate",
        token: input.client_token.clone(),
        fingerprint: fingerprint(&ModifyLaunchTemplateRequest { client_token: None, dry_run: None, ..input.clone() }),
        now: ec2.now(),
    };
    let named = Named { id: input.launch_template_id, name: input.launch_template_name };
    let default = input.default_version.filter(|version| !version.is_empty());
    let default = default.ok_or(Error::MissingParameter("SetDefaultVersion"))?;
    let dry = input.dry_run;
    let template: LaunchTemplate = ec2
        .store
        .transact(move |tx| {
            once.run(tx, |tx| {
                let mut template = named.find(tx, &once.account)?;
                template.default_version = launch::find_version(tx, &template, Some(&default))?.version;
                dry_run(dry)?;
                tx.put(&template)?;
                Ok(template)
            })
        })
        .await?;
    Ok(ModifyLaunchTemplateResult { launch_template: Some(template_view::template(&template)) })
}
