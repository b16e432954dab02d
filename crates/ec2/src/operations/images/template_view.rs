//! How launch templates and their versions are shown.

use freehold_api::ec2 as api;

use super::template_data_view::template_data;
use crate::model::{LaunchTemplate, LaunchTemplateVersion};
use crate::view;

/// Version numbers as answers carry them.
pub fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

pub fn template(template: &LaunchTemplate) -> api::LaunchTemplate {
    api::LaunchTemplate {
        launch_template_id: Some(template.id.clone()),
        launch_template_name: Some(template.name.clone()),
        create_time: Some(template.created),
        created_by: Some(template.created_by.clone()),
        default_version_number: Some(number(template.default_version)),
        latest_version_number: Some(number(template.latest_version)),
        tags: view::tags(&template.tags),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
    }
}

pub fn version(of: &LaunchTemplate, version: &LaunchTemplateVersion) -> api::LaunchTemplateVersion {
    api::LaunchTemplateVersion {
        launch_template_id: Some(of.id.clone()),
        launch_template_name: Some(of.name.clone()),
        version_number: Some(number(version.version)),
        version_description: version.description.clone(),
        create_time: Some(version.created),
        created_by: Some(version.created_by.clone()),
        default_version: Some(version.version == of.default_version),
        launch_template_data: Some(template_data(&version.parameters)),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
    }
}
