//! What a launch needs that is not in the store: the image, and the role that its instances act in.

use crate::errors::{Error, Result};
use crate::model::{IamProfile, Image, ImageState, LaunchParameters};
use crate::{Ec2, images};

/// What is looked up before the transaction, because it is not in the store.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub image: Image,
    pub iam_profile: Option<IamProfile>,
}

pub async fn surroundings(ec2: &Ec2, account: &str, parameters: &LaunchParameters) -> Result<Surroundings> {
    let id = parameters.image.as_deref().ok_or(Error::MissingParameter("ImageId"))?;
    let image = images::find(&mut ec2.committed(), ec2.images.as_ref(), account, id)?;
    if image.state != ImageState::Available {
        return Err(Error::other("InvalidAMIID.Unavailable", format!("The image ID '{id}' is not available")));
    }
    Ok(Surroundings { image, iam_profile: iam_profile(ec2, account, parameters).await? })
}

async fn iam_profile(ec2: &Ec2, account: &str, parameters: &LaunchParameters) -> Result<Option<IamProfile>> {
    let (parameter, said) = match (&parameters.iam_profile_arn, &parameters.iam_profile_name) {
        (Some(_), Some(_)) => {
            return Err(Error::InvalidParameterCombination(
                "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'"
                    .into(),
            ));
        }
        (Some(arn), None) => ("iamInstanceProfile.arn", arn),
        (None, Some(name)) => ("iamInstanceProfile.name", name),
        (None, None) => return Ok(None),
    };
    let name = said.rsplit('/').next().unwrap_or(said);
    let found = ec2.roles.profile(account, name).await;
    let found = found.filter(|profile| parameters.iam_profile_arn.as_ref().is_none_or(|arn| *arn == profile.arn));
    let profile = found.ok_or_else(|| {
        let what = if parameter.ends_with("arn") { "ARN" } else { "name" };
        Error::invalid_value(parameter, said, format_args!("Invalid IAM Instance Profile {what}"))
    })?;
    Ok(Some(IamProfile { association: String::new(), arn: profile.arn, id: profile.id, associated: ec2.now() }))
}
