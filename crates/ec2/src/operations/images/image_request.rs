//! What CreateImage and CopyImage have in common: names, descriptions and the tags of an image and its snapshot.

use freehold_api::ec2::{Tag, TagSpecification};

use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{Image, Tags};
use crate::tagging;

/// *API reference, CreateImage: Name*.
pub fn checked_name(name: Option<String>) -> Result<String> {
    let name = name.ok_or(Error::MissingParameter("Name"))?;
    let legal = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
    if (3..=128).contains(&name.chars().count()) && name.chars().all(legal) {
        return Ok(name);
    }
    Err(Error::other(
        "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', \
         '/', '_', '[', ']', '@', ''' and spaces.",
    ))
}

/// Names are unique among an account's images, whatever became of those.
pub fn refuse_known_name(from: &mut (impl Reader + ?Sized), account: &str, name: &str) -> Result<()> {
    let known: Vec<Image> = lookup::by_account_index(from, account, 0, name)?;
    let Some(image) = known.first() else { return Ok(()) };
    let message = format!("AMI name {name} is already in use by AMI {}", image.id);
    Err(Error::other("InvalidAMIName.Duplicate", message))
}

/// The tags of the image and those of its snapshot.
pub fn checked_tags(specifications: Option<Vec<TagSpecification>>) -> Result<(Tags, Tags)> {
    let (mut image, mut snapshot): (Vec<Tag>, Vec<Tag>) = Default::default();
    for TagSpecification { resource_type, tags } in specifications.unwrap_or_default() {
        let kind = resource_type.ok_or(Error::MissingParameter("TagSpecification.ResourceType"))?;
        match kind.as_str() {
            "image" => image.extend(tags.unwrap_or_default()),
            "snapshot" => snapshot.extend(tags.unwrap_or_default()),
            _ => {
                return Err(Error::InvalidParameterValue(format!(
                    "'{kind}' is not a valid taggable resource type for this operation."
                )));
            }
        }
    }
    Ok((tagging::check(image)?, tagging::check(snapshot)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_3_to_128_legal_characters() {
        for good in ["abc", "a b(c)[d]./-'@_", &"x".repeat(128)] {
            assert!(checked_name(Some(good.into())).is_ok(), "{good}");
        }
        for bad in ["", "ab", "a*c", "umläut", "a\nb", &"x".repeat(129)] {
            let refused = checked_name(Some(bad.into())).unwrap_err();
            assert_eq!(refused.code(), "InvalidAMIName.Malformed", "{bad}");
        }
    }

    #[test]
    fn only_images_and_snapshots_are_tagged() {
        let said = |kind: &str| Some(vec![TagSpecification { resource_type: Some(kind.into()), tags: None }]);
        assert!(checked_tags(said("image")).is_ok() && checked_tags(said("snapshot")).is_ok());
        assert!(checked_tags(said("instance")).is_err());
    }
}
