//! `CreateLaunchTemplate`: a template and its version 1.

use std::sync::Arc;

use freehold_api::ec2::{CreateLaunchTemplateRequest, CreateLaunchTemplateResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::template_data::template_data;
use super::template_view;
use super::template_write::{Once, fingerprint};
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{LaunchTemplate, LaunchTemplateVersion};
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

pub async fn create_launch_template(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateLaunchTemplateRequest,
) -> Result<CreateLaunchTemplateResult> {
    let once = Once {
        account: call.account().to_owned(),
        operation: "ec2.CreateLaunchTemplate",
        token: input.client_token.clone(),
        fingerprint: fingerprint(&CreateLaunchTemplateRequest { client_token: None, dry_run: None, ..input.clone() }),
        now: ec2.now(),
    };
    if input.operator.is_some() {
        return Err(Error::no_effect("Operator"));
    }
    let name = checked_name(input.launch_template_name)?;
    let data = input.launch_template_data.ok_or(Error::MissingParameter("LaunchTemplateData"))?;
    let parameters = template_data(data)?;
    let tags = tagging::for_new("launch-template", input.tag_specifications)?;
    if input.dry_run == Some(true) {
        refuse_known_name(&mut ec2.committed(), &once.account, &name)?;
        dry_run(input.dry_run)?;
    }

    let template = LaunchTemplate {
        id: new_id("lt"),
        account: once.account.clone(),
        name,
        default_version: 1,
        latest_version: 1,
        highest_version: 1,
        created: once.now,
        created_by: call.principal.arn.to_string(),
        tags,
    };
    let version = LaunchTemplateVersion {
        id: LaunchTemplateVersion::key(&template, 1),
        account: once.account.clone(),
        template: template.id.clone(),
        version: 1,
        description: input.version_description,
        created: once.now,
        created_by: template.created_by.clone(),
        parameters,
    };
    let made: LaunchTemplate = ec2
        .store
        .transact(move |tx| {
            once.run(tx, |tx| {
                refuse_known_name(tx, &template.account, &template.name)?;
                tx.put(&template)?;
                tx.put(&version)?;
                Ok(template)
            })
        })
        .await?;
    Ok(CreateLaunchTemplateResult { launch_template: Some(template_view::template(&made)), warning: None })
}

/// *API reference, CreateLaunchTemplate: LaunchTemplateName*.
fn checked_name(name: Option<String>) -> Result<String> {
    let name = name.ok_or(Error::MissingParameter("LaunchTemplateName"))?;
    let legal = |c: char| c.is_ascii_alphanumeric() || "().-/_".contains(c);
    if (3..=128).contains(&name.chars().count()) && name.chars().all(legal) {
        return Ok(name);
    }
    Err(Error::other(
        "InvalidLaunchTemplateName.MalformedException",
        "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the \
         following characters: - ( ) . / _.",
    ))
}

fn refuse_known_name(from: &mut (impl Reader + ?Sized), account: &str, name: &str) -> Result<()> {
    let known: Vec<LaunchTemplate> = lookup::by_account_index(from, account, 0, name)?;
    if known.is_empty() {
        return Ok(());
    }
    Err(Error::other("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use."))
}
