//! `CreateLaunchTemplateVersion`: another version, said in full or as what differs from an earlier one.

use std::sync::Arc;

use freehold_api::ec2::{CreateLaunchTemplateVersionRequest, CreateLaunchTemplateVersionResult};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::template_data::template_data;
use super::template_view;
use super::template_write::{Named, Once, fingerprint};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::launch;
use crate::model::{LaunchParameters, LaunchTemplate, LaunchTemplateVersion};
use crate::operations::dry_run;

pub async fn create_launch_template_version(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateLaunchTemplateVersionRequest,
) -> Result<CreateLaunchTemplateVersionResult> {
    let bare = CreateLaunchTemplateVersionRequest { client_token: None, dry_run: None, ..input.clone() };
    let once = Once {
        account: call.account().to_owned(),
        operation: "ec2.CreateLaunchTemplateVersion",
        token: input.client_token.clone(),
        fingerprint: fingerprint(&bare),
        now: ec2.now(),
    };
    let data = input.launch_template_data.ok_or(Error::MissingParameter("LaunchTemplateData"))?;
    let new = NewVersion {
        of: Named { id: input.launch_template_id, name: input.launch_template_name },
        source: input.source_version,
        description: input.version_description,
        created_by: call.principal.arn.to_string(),
        parameters: template_data(data)?,
    };
    let dry = input.dry_run;
    let (template, version) = ec2
        .store
        .transact(move |tx| {
            once.run(tx, |tx| {
                let made = new.write(tx, &once)?;
                dry_run(dry)?;
                Ok(made)
            })
        })
        .await?;
    Ok(CreateLaunchTemplateVersionResult {
        launch_template_version: Some(template_view::version(&template, &version)),
        warning: None,
    })
}

struct NewVersion {
    of: Named,
    source: Option<String>,
    description: Option<String>,
    created_by: String,
    parameters: LaunchParameters,
}

impl NewVersion {
    fn write(self, tx: &mut dyn Tx, once: &Once) -> Result<(LaunchTemplate, LaunchTemplateVersion)> {
        let mut template = self.of.find(tx, &once.account)?;
        let mut parameters = self.parameters;
        if let Some(source) = self.source.as_deref().filter(|source| !source.is_empty()) {
            // What is said replaces what the source says, member by member (*API reference, SourceVersion*).
            let source = launch::find_version(tx, &template, Some(source))?;
            parameters = parameters.over(source.parameters);
        }
        template.latest_version = template.latest_version.max(template.highest_version) + 1;
        template.highest_version = template.latest_version;
        let version = LaunchTemplateVersion {
            id: LaunchTemplateVersion::key(&template, template.latest_version),
            account: template.account.clone(),
            template: template.id.clone(),
            version: template.latest_version,
            description: self.description,
            created: once.now,
            created_by: self.created_by,
            parameters,
        };
        tx.put(&template)?;
        tx.put(&version)?;
        Ok((template, version))
    }
}
