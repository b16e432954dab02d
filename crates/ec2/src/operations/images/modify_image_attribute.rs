//! `ModifyImageAttribute`: one attribute a call, in either of two forms. The older one names the attribute and lists
//! users and groups beside it; the newer one has a member per attribute.

use std::sync::Arc;

use freehold_api::ec2::{AttributeValue, LaunchPermission, ModifyImageAttributeRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use super::owned_image::owned;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::Image;
use crate::operations::dry_run;

pub async fn modify_image_attribute(ec2: Arc<Ec2>, call: Call, input: ModifyImageAttributeRequest) -> Result<Unit> {
    let (id, dry) = (input.image_id.clone(), input.dry_run);
    let change = Change::read(input)?;
    let (writer, account) = (Arc::clone(&ec2), call.account().to_owned());
    ec2.store
        .transact(move |tx| {
            let mut image = owned(&writer, tx, &account, id.as_deref())?;
            change.apply(&mut image);
            dry_run(dry)?;
            tx.put(&image)?;
            Ok(Unit)
        })
        .await
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Description(String),
    /// Instances must use version 2 of the metadata service. There is no way back.
    ImdsV2,
    Permissions {
        add: Vec<Grantee>,
        remove: Vec<Grantee>,
    },
}

/// Who may launch.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Grantee {
    Everyone,
    Account(String),
}

impl Change {
    fn read(input: ModifyImageAttributeRequest) -> Result<Self> {
        if input.product_codes.is_some_and(|codes| !codes.is_empty()) {
            return Err(Error::no_effect("ProductCode"));
        }
        if input.organization_arns.is_some() || input.organizational_unit_arns.is_some() {
            return Err(Error::no_effect("OrganizationArn and OrganizationalUnitArn"));
        }
        let value = |said: Option<AttributeValue>| said.map(|said| said.value.unwrap_or_default());
        let mut changes = Vec::new();
        changes.extend(value(input.description).map(Self::Description));
        if let Some(version) = value(input.imds_support) {
            changes.push(imds(&version)?);
        }
        if let Some(said) = input.launch_permission {
            changes.push(Self::Permissions {
                add: permissions(said.add.unwrap_or_default())?,
                remove: permissions(said.remove.unwrap_or_default())?,
            });
        }
        let listed = grantees(input.user_groups.unwrap_or_default(), input.user_ids.unwrap_or_default())?;
        match input.attribute.as_deref() {
            Some("launchPermission") => {
                changes.extend(listed_permissions(input.operation_type.as_deref(), listed)?);
            }
            Some("description") => changes.extend(input.value.map(Self::Description)),
            Some("imdsSupport") => changes.push(imds(input.value.as_deref().unwrap_or_default())?),
            Some(other) => {
                return Err(Error::InvalidParameterValue(format!(
                    "The attribute {other} of an image cannot be modified."
                )));
            }
            None if listed.is_empty() => {}
            None => changes.extend(listed_permissions(input.operation_type.as_deref(), listed)?),
        }
        match changes.pop() {
            Some(change) if changes.is_empty() => Ok(change),
            Some(_) => Err(Error::InvalidParameterCombination("Only one attribute can be modified at a time.".into())),
            None => Err(Error::Missing("No attributes specified.".into())),
        }
    }

    fn apply(self, image: &mut Image) {
        match self {
            Self::Description(description) => image.description = description,
            Self::ImdsV2 => image.imds_v2_required = true,
            Self::Permissions { add, remove } => {
                for grantee in add {
                    match grantee {
                        Grantee::Everyone => image.public = true,
                        Grantee::Account(account) if image.launch_accounts.contains(&account) => {}
                        Grantee::Account(account) => image.launch_accounts.push(account),
                    }
                }
                for grantee in remove {
                    match grantee {
                        Grantee::Everyone => image.public = false,
                        Grantee::Account(account) => image.launch_accounts.retain(|known| *known != account),
                    }
                }
            }
        }
    }
}

fn imds(version: &str) -> Result<Change> {
    if version == "v2.0" {
        return Ok(Change::ImdsV2);
    }
    Err(Error::invalid_value("imdsSupport", version, "Expected: v2.0."))
}

/// `None` where nobody is named.
fn listed_permissions(operation: Option<&str>, listed: Vec<Grantee>) -> Result<Option<Change>> {
    if listed.is_empty() {
        return Ok(None);
    }
    match operation {
        Some("add") => Ok(Some(Change::Permissions { add: listed, remove: Vec::new() })),
        Some("remove") => Ok(Some(Change::Permissions { add: Vec::new(), remove: listed })),
        Some(other) => Err(Error::invalid_value("operationType", other, "Expected: add, remove.")),
        None => Err(Error::MissingParameter("OperationType")),
    }
}

fn permissions(said: Vec<LaunchPermission>) -> Result<Vec<Grantee>> {
    let mut all = Vec::new();
    for permission in said {
        if permission.organization_arn.is_some() || permission.organizational_unit_arn.is_some() {
            return Err(Error::no_effect("LaunchPermission.OrganizationArn and OrganizationalUnitArn"));
        }
        all.extend(grantees(permission.group.into_iter().collect(), permission.user_id.into_iter().collect())?);
    }
    Ok(all)
}

fn grantees(groups: Vec<String>, accounts: Vec<String>) -> Result<Vec<Grantee>> {
    let refuse = |value: &str, kind: &str| {
        let message = format!("Invalid attribute item value \"{value}\" for {kind} item type.");
        Err(Error::other("InvalidAMIAttributeItemValue", message))
    };
    let mut all = Vec::new();
    for group in groups {
        if group != "all" {
            return refuse(&group, "userGroup");
        }
        all.push(Grantee::Everyone);
    }
    for account in accounts {
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return refuse(&account, "userId");
        }
        all.push(Grantee::Account(account));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(input: ModifyImageAttributeRequest) -> &'static str {
        Change::read(input).unwrap_err().code()
    }

    #[test]
    fn exactly_one_attribute_is_changed() {
        assert_eq!(refused(ModifyImageAttributeRequest::default()), "MissingParameter");
        let two = ModifyImageAttributeRequest {
            description: Some(AttributeValue { value: Some("x".into()) }),
            imds_support: Some(AttributeValue { value: Some("v2.0".into()) }),
            ..Default::default()
        };
        assert_eq!(refused(two), "InvalidParameterCombination");
    }

    #[test]
    fn both_forms_mean_the_same() {
        let old = ModifyImageAttributeRequest {
            attribute: Some("launchPermission".into()),
            operation_type: Some("add".into()),
            user_ids: Some(vec!["123456789012".into()]),
            ..Default::default()
        };
        let new = ModifyImageAttributeRequest {
            launch_permission: Some(freehold_api::ec2::LaunchPermissionModifications {
                add: Some(vec![LaunchPermission { user_id: Some("123456789012".into()), ..Default::default() }]),
                remove: None,
            }),
            ..Default::default()
        };
        assert_eq!(Change::read(old), Change::read(new));
    }
}
