//! Launch templates, as a launch names them.

use freehold_api::ec2::LaunchTemplateSpecification;
use serde::{Deserialize, Serialize};

use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{LaunchParameters, LaunchTemplate, LaunchTemplateVersion};

/// The template and version that a launch came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSource {
    pub id: String,
    pub version: u64,
}

/// What the named version says; nothing where no template is named.
pub fn template_parameters(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    named: Option<&LaunchTemplateSpecification>,
) -> Result<(LaunchParameters, Option<TemplateSource>)> {
    let Some(named) = named else { return Ok((LaunchParameters::default(), None)) };
    let template =
        find_template(from, account, named.launch_template_id.as_deref(), named.launch_template_name.as_deref())?;
    let version = find_version(from, &template, named.version.as_deref())?;
    Ok((version.parameters, Some(TemplateSource { id: template.id, version: version.version })))
}

/// The version that is meant by a number, `$Latest` or `$Default` (also where nothing is said).
pub fn find_version(
    from: &mut (impl Reader + ?Sized),
    template: &LaunchTemplate,
    said: Option<&str>,
) -> Result<LaunchTemplateVersion> {
    let number = version_number(template, said)?;
    let found = from.read(&LaunchTemplateVersion::key(template, number))?;
    found.ok_or_else(|| no_version(template, &number.to_string()))
}

/// The template with this id or name: exactly one of them is given.
pub fn find_template(
    from: &mut (impl Reader + ?Sized),
    account: &str,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<LaunchTemplate> {
    match (id, name) {
        (Some(id), None) => lookup::one(from, account, id),
        (None, Some(name)) => {
            let found: Vec<LaunchTemplate> = lookup::by_account_index(from, account, 0, name)?;
            found.into_iter().next().ok_or_else(|| {
                Error::other(
                    "InvalidLaunchTemplateName.NotFoundException",
                    format!("The specified launch template, with template name {name}, does not exist."),
                )
            })
        }
        (Some(_), Some(_)) => Err(Error::InvalidParameterCombination(
            "The request must contain either launch template ID or launch template name, but not both.".into(),
        )),
        (None, None) => {
            Err(Error::Missing("Either a launch template ID or a launch template name must be specified.".into()))
        }
    }
}

/// `$Latest`, `$Default` (also where nothing is said) or a number.
fn version_number(template: &LaunchTemplate, said: Option<&str>) -> Result<u64> {
    match said {
        None | Some("" | "$Default") => Ok(template.default_version),
        Some("$Latest") => Ok(template.latest_version),
        Some(number) => number.parse().map_err(|_| no_version(template, number)),
    }
}

fn no_version(template: &LaunchTemplate, said: &str) -> Error {
    Error::other(
        "InvalidLaunchTemplateId.VersionNotFound",
        format!("Could not find the specified version {said} for the launch template with ID {}.", template.id),
    )
}
