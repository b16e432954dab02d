//! `DeleteLaunchTemplateVersions`: each version for itself. The answer lists what was deleted and what was not.

use std::sync::Arc;

use freehold_api::ec2::{
    DeleteLaunchTemplateVersionsRequest, DeleteLaunchTemplateVersionsResponseErrorItem,
    DeleteLaunchTemplateVersionsResponseSuccessItem, DeleteLaunchTemplateVersionsResult, ResponseError,
};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::template_view::number;
use super::template_write::Named;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::launch;
use crate::lookup::by_index;
use crate::model::{LaunchTemplate, LaunchTemplateVersion};
use crate::operations::dry_run;

/// *API reference, DeleteLaunchTemplateVersions: LaunchTemplateVersion.N*.
const MAX_VERSIONS: usize = 200;

pub async fn delete_launch_template_versions(
    ec2: Arc<Ec2>,
    call: Call,
    input: DeleteLaunchTemplateVersionsRequest,
) -> Result<DeleteLaunchTemplateVersionsResult> {
    let named = Named { id: input.launch_template_id, name: input.launch_template_name };
    let versions = input.versions.filter(|all| !all.is_empty());
    let versions = versions.ok_or(Error::MissingParameter("LaunchTemplateVersion"))?;
    if versions.len() > MAX_VERSIONS {
        return Err(Error::InvalidParameterValue(format!(
            "At most {MAX_VERSIONS} versions can be deleted in one call."
        )));
    }
    let (account, dry) = (call.account().to_owned(), input.dry_run);
    ec2.store
        .transact(move |tx| {
            let template = named.find(tx, &account)?;
            dry_run(dry)?;
            let (mut deleted, mut kept) = (Vec::new(), Vec::new());
            for said in &versions {
                match delete(tx, &template, said) {
                    Ok(version) => deleted.push(success(&template, version)),
                    Err(Error::Internal(detail)) => return Err(Error::Internal(detail)),
                    Err(error) => kept.push(failure(&template, said, &error)),
                }
            }
            note_latest(tx, template)?;
            Ok(DeleteLaunchTemplateVersionsResult {
                successfully_deleted_launch_template_versions: Some(deleted),
                unsuccessfully_deleted_launch_template_versions: Some(kept),
            })
        })
        .await
}

fn delete(tx: &mut dyn Tx, template: &LaunchTemplate, said: &str) -> Result<u64> {
    let version = launch::find_version(tx, template, Some(said))?;
    if version.version == template.default_version {
        return Err(Error::OperationNotPermitted(format!(
            "Cannot delete the default version {} of the launch template {}. Make another version the default first.",
            version.version, template.id
        )));
    }
    tx.delete::<LaunchTemplateVersion>(&version.id)?;
    Ok(version.version)
}

/// The newest that is left is the latest now. Numbers are not used again: the template remembers the highest.
fn note_latest(tx: &mut dyn Tx, mut template: LaunchTemplate) -> Result<()> {
    let left: Vec<LaunchTemplateVersion> = by_index(tx, 0, &template.id)?;
    let latest = left.iter().map(|version| version.version).max().unwrap_or(template.default_version);
    if latest != template.latest_version {
        template.latest_version = latest;
        tx.put(&template)?;
    }
    Ok(())
}

fn success(template: &LaunchTemplate, version: u64) -> DeleteLaunchTemplateVersionsResponseSuccessItem {
    DeleteLaunchTemplateVersionsResponseSuccessItem {
        launch_template_id: Some(template.id.clone()),
        launch_template_name: Some(template.name.clone()),
        version_number: Some(number(version)),
    }
}

fn failure(template: &LaunchTemplate, said: &str, error: &Error) -> DeleteLaunchTemplateVersionsResponseErrorItem {
    // *API reference, ResponseError: Code*.
    let code = match error.code() {
        "InvalidLaunchTemplateId.VersionNotFound" => "launchTemplateVersionDoesNotExist",
        _ => "unexpectedError",
    };
    DeleteLaunchTemplateVersionsResponseErrorItem {
        launch_template_id: Some(template.id.clone()),
        launch_template_name: Some(template.name.clone()),
        version_number: said.parse().ok(),
        response_error: Some(ResponseError { code: Some(code.into()), message: Some(error.to_string()) }),
    }
}
