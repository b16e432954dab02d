//! Launch templates.

use freehold_api::ec2::{DescribeLaunchTemplateVersionsRequest, ResponseLaunchTemplateData, op};
use freehold_wire::Error;

use super::World;
use crate::model::TemplateRef;

/// A version of a template.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub id: String,
    pub name: String,
    pub number: String,
    pub data: ResponseLaunchTemplateData,
}

impl World {
    /// The version that is meant now.
    pub async fn template(&self, account: &str, template: &TemplateRef) -> Result<Version, Error> {
        let version = template.version.clone().unwrap_or_else(|| "$Default".to_owned());
        let by_id = !template.id.is_empty();
        let input = DescribeLaunchTemplateVersionsRequest {
            launch_template_id: by_id.then(|| template.id.clone()),
            launch_template_name: (!by_id).then(|| template.name.clone()),
            versions: Some(vec![version]),
            ..Default::default()
        };
        let found = self.call::<op::DescribeLaunchTemplateVersions>(account, input).await?;
        let found = found.launch_template_versions.unwrap_or_default().into_iter().next();
        let found = found.ok_or_else(|| Error::receiver("InternalFailure", "a launch template without versions"))?;
        Ok(Version {
            id: found.launch_template_id.unwrap_or_default(),
            name: found.launch_template_name.unwrap_or_default(),
            number: found.version_number.unwrap_or_default().to_string(),
            data: found.launch_template_data.unwrap_or_default(),
        })
    }
}
