//! Launch templates and their versions.

use freehold_store::Document as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::{Malformed, document, resource};
use super::{LaunchParameters, Tags};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// `lt-…`
    pub id: String,
    pub account: String,
    /// Unique in the account.
    pub name: String,
    pub default_version: u64,
    pub latest_version: u64,
    /// Numbers up to this one were used: those of deleted versions do not come again.
    #[serde(default)]
    pub highest_version: u64,
    pub created: Timestamp,
    /// ARN of whoever made it.
    pub created_by: String,
    pub tags: Tags,
}

document!(LaunchTemplate, "ec2.launch-template", |t| [Some(t.name.clone()), None, None]);
resource!(
    LaunchTemplate,
    "lt",
    "launch-template",
    "InvalidLaunchTemplateId",
    "launch template",
    Malformed::Plain("InvalidLaunchTemplateId.Malformed")
);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplateVersion {
    /// See [`LaunchTemplateVersion::key`].
    pub id: String,
    pub account: String,
    pub template: String,
    pub version: u64,
    pub description: Option<String>,
    pub created: Timestamp,
    pub created_by: String,
    pub parameters: LaunchParameters,
}

document!(LaunchTemplateVersion, "ec2.launch-template-version", |v| [Some(v.template.clone()), None, None]);

impl LaunchTemplateVersion {
    /// The row's id; versions of one template sort by number.
    pub fn key(template: &LaunchTemplate, version: u64) -> String {
        format!("{}/{version:020}", template.id())
    }
}
