//! What tags may be, wherever they come from: the rules are [`freehold_core::tags`], the sentences are EC2's (*EC2 user
//! guide, Tag restrictions*).

use freehold_api::ec2::{Tag, TagSpecification};
use freehold_core::Principal;
use freehold_core::tags::{self, InvalidTag};

use crate::errors::{Error, Result};
use crate::model::Tags;

/// Checks tags from a request: keys not empty, not twice, not AWS's own, of legal length.
pub fn check(pairs: impl IntoIterator<Item = Tag>) -> Result<Tags> {
    let pairs = pairs.into_iter().map(|Tag { key, value }| (key.unwrap_or_default(), value.unwrap_or_default()));
    let pairs: Vec<(String, String)> = pairs.collect();
    let borrowed = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(&tags::Tags::new(), borrowed).map(Tags).map_err(refuse)
}

/// As [`check`], for tags that `principal` sets: services that act for the account mark what is theirs by keys that nobody
/// else may use (*Auto Scaling user guide, Tag groups and instances*: `aws:autoscaling:groupName`).
pub fn check_by(principal: &Principal, pairs: impl IntoIterator<Item = Tag>) -> Result<Tags> {
    if !principal.is_service_linked() {
        return check(pairs);
    }
    let is_reserved = |tag: &Tag| tags::is_reserved(tag.key.as_deref().unwrap_or_default());
    let (reserved, rest): (Vec<Tag>, Vec<Tag>) = pairs.into_iter().partition(is_reserved);
    let mut tags = check(rest)?;
    tags.0.extend(reserved.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default())));
    Ok(tags)
}

/// As [`check`], for the key alone.
pub fn check_key(key: &str) -> Result<()> {
    tags::check_key(key).map_err(refuse)
}

/// Refuses more tags than a resource may have. AWS's own do not count.
pub fn check_count(tags: &Tags) -> Result<()> {
    tags::check_count(&tags.0).map_err(refuse)
}

fn refuse(invalid: InvalidTag) -> Error {
    Error::InvalidParameterValue(match invalid {
        InvalidTag::EmptyKey => "Tag key cannot be empty".into(),
        InvalidTag::LongKey(_) => format!("Tag key exceeds the maximum length of {} characters", tags::KEY_AT_MOST),
        InvalidTag::LongValue(_) => {
            format!("Tag value exceeds the maximum length of {} characters", tags::VALUE_AT_MOST)
        }
        InvalidTag::Reserved(_) => "Tag keys starting with 'aws:' are reserved for internal use".into(),
        InvalidTag::Duplicate(key) => format!("Duplicate tag key '{key}' specified."),
        InvalidTag::TooMany => {
            return Error::other("TagLimitExceeded", "The maximum number of tags has been reached.");
        }
    })
}

/// The tags that a create call gives to its one kind of resource ([`crate::model::Resource::TYPE`]).
pub fn for_new(kind: &'static str, specifications: Option<Vec<TagSpecification>>) -> Result<Tags> {
    let mut tags = Vec::new();
    for TagSpecification { resource_type, tags: more } in specifications.unwrap_or_default() {
        let named = resource_type.ok_or(Error::MissingParameter("TagSpecification.ResourceType"))?;
        if named != kind {
            return Err(Error::InvalidParameterValue(format!(
                "'{named}' is not a valid taggable resource type for this operation."
            )));
        }
        tags.extend(more.unwrap_or_default());
    }
    check(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> Tag {
        Tag { key: Some(key.into()), value: Some(value.into()) }
    }

    #[test]
    fn reserved_repeated_and_overlong_keys_are_refused() {
        for bad in [
            vec![pair("aws:x", "1")],
            vec![pair("a", "1"), pair("a", "2")],
            vec![pair(&"k".repeat(129), "")],
            vec![pair("", "1")],
        ] {
            assert!(check(bad.clone()).is_err(), "{bad:?}");
        }
        assert!(check((0..51).map(|n| pair(&n.to_string(), ""))).is_err());
        assert!(check((0..50).map(|n| pair(&n.to_string(), ""))).is_ok());
    }

    #[test]
    fn only_a_service_sets_the_keys_that_are_reserved() {
        let mark = || vec![pair("aws:autoscaling:groupName", "web"), pair("a", "1")];
        let robot = Principal::service_linked("111122223333", "AutoScaling");
        assert!(check_by(&robot, mark()).is_ok_and(|tags| tags.get("aws:autoscaling:groupName") == Some("web")));
        assert!(check_by(&robot, vec![pair("a", "1"), pair("a", "2")]).is_err());
        assert!(check_by(&Principal::anonymous(), mark()).is_err());
    }

    #[test]
    fn a_create_call_tags_only_what_it_makes() {
        let specify = |kind: &str| {
            Some(vec![TagSpecification { resource_type: Some(kind.into()), tags: Some(vec![pair("a", "b")]) }])
        };
        assert!(for_new("vpc", specify("subnet")).is_err());
        assert!(for_new("vpc", specify("vpc")).is_ok_and(|tags| tags.get("a") == Some("b")));
    }
}
