//! `DeleteLaunchTemplate`: with all its versions. What was launched from it stays.

use std::sync::Arc;

use freehold_api::ec2::{DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::template_view;
use super::template_write::Named;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::by_index;
use crate::model::{LaunchTemplate, LaunchTemplateVersion};
use crate::operations::dry_run;

pub async fn delete_launch_template(
    ec2: Arc<Ec2>,
    call: Call,
    input: DeleteLaunchTemplateRequest,
) -> Result<DeleteLaunchTemplateResult> {
    let named = Named { id: input.launch_template_id, name: input.launch_template_name };
    let (account, dry) = (call.account().to_owned(), input.dry_run);
    let template = ec2
        .store
        .transact(move |tx| {
            let template = named.find(tx, &account)?;
            dry_run(dry)?;
            for version in by_index::<LaunchTemplateVersion>(tx, 0, &template.id)? {
                tx.delete::<LaunchTemplateVersion>(&version.id)?;
            }
            tx.delete::<LaunchTemplate>(&template.id)?;
            Ok::<_, Error>(template)
        })
        .await?;
    Ok(DeleteLaunchTemplateResult { launch_template: Some(template_view::template(&template)) })
}
