//! What tags may look like (*EC2 user guide, Tag restrictions*). Characters are Unicode characters. Which error
//! code a breach has is the service's affair.

use std::collections::{BTreeMap, BTreeSet};

/// Characters of a key.
pub const KEY_AT_MOST: usize = 128;
/// Characters of a value, which may be empty.
pub const VALUE_AT_MOST: usize = 256;
/// Tags of one object, those that the region itself set not counted.
pub const TAGS_AT_MOST: usize = 50;
/// What begins so is the region's.
const RESERVED: &str = "aws:";

/// An object's tags, by key.
pub type Tags = BTreeMap<String, String>;

/// What is wrong with a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTag {
    #[error("Tag keys must not be empty")]
    EmptyKey,
    #[error("Tag key exceeds the maximum length of {KEY_AT_MOST} characters: {0}")]
    LongKey(String),
    #[error("Tag value exceeds the maximum length of {VALUE_AT_MOST} characters, for the key {0}")]
    LongValue(String),
    #[error("Tag keys starting with 'aws:' are reserved for internal use: {0}")]
    Reserved(String),
    #[error("Duplicate tag key '{0}' specified.")]
    Duplicate(String),
    #[error("The maximum number of Tags for a resource has been reached.")]
    TooMany,
}

/// Checks one tag that a caller wants to set.
pub fn check(key: &str, value: &str) -> Result<(), InvalidTag> {
    check_key(key)?;
    if value.chars().count() > VALUE_AT_MOST {
        return Err(InvalidTag::LongValue(key.to_owned()));
    }
    Ok(())
}

/// As [`check`], for the key alone.
pub fn check_key(key: &str) -> Result<(), InvalidTag> {
    if key.is_empty() {
        return Err(InvalidTag::EmptyKey);
    }
    if key.chars().count() > KEY_AT_MOST {
        return Err(InvalidTag::LongKey(key.to_owned()));
    }
    if is_reserved(key) {
        return Err(InvalidTag::Reserved(key.to_owned()));
    }
    Ok(())
}

/// Checks the tags of one request, and that no key comes twice.
pub fn check_all<'a>(tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), InvalidTag> {
    let mut keys = BTreeSet::new();
    for (key, value) in tags {
        check(key, value)?;
        if !keys.insert(key) {
            return Err(InvalidTag::Duplicate(key.to_owned()));
        }
    }
    Ok(())
}

/// The tags of an object after a request sets `added`: an existing key gets its new value.
pub fn merge<'a>(
    present: &Tags,
    added: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<Tags, InvalidTag> {
    check_all(added.clone())?;
    let mut tags = present.clone();
    tags.extend(added.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())));
    check_count(&tags)?;
    Ok(tags)
}

/// Refuses more tags than an object may have.
pub fn check_count(tags: &Tags) -> Result<(), InvalidTag> {
    if tags.keys().filter(|key| !is_reserved(key)).count() > TAGS_AT_MOST {
        return Err(InvalidTag::TooMany);
    }
    Ok(())
}

/// Whether the key belongs to the region.
pub fn is_reserved(key: &str) -> bool {
    key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(check(&"é".repeat(128), &"é".repeat(256)), Ok(()));
        assert!(matches!(check(&"k".repeat(129), ""), Err(InvalidTag::LongKey(_))));
        assert!(matches!(check("k", &"v".repeat(257)), Err(InvalidTag::LongValue(_))));
        assert_eq!(check("", "v"), Err(InvalidTag::EmptyKey));
        assert_eq!(check("k", ""), Ok(()));
    }

    #[test]
    fn the_regions_own_keys_are_refused_in_any_case() {
        assert_eq!(check("aws:x", ""), Err(InvalidTag::Reserved("aws:x".into())));
        assert_eq!(check("AWS:x", ""), Err(InvalidTag::Reserved("AWS:x".into())));
        assert_eq!(check("aws", ""), Ok(()));
        assert_eq!(check("awés:", ""), Ok(()));
    }

    #[test]
    fn a_key_may_come_once() {
        assert_eq!(check_all([("a", "1"), ("A", "1")]), Ok(()));
        assert_eq!(check_all([("a", "1"), ("a", "2")]), Err(InvalidTag::Duplicate("a".into())));
    }

    #[test]
    fn fifty_tags_are_allowed_and_the_regions_are_not_counted() {
        let mut present: Tags = (0..49).map(|number| (format!("k{number}"), String::new())).collect();
        present.insert("aws:autoscaling:groupName".into(), "g".into());
        let full = merge(&present, [("new", "1")]).unwrap();
        assert_eq!(full.len(), 51);
        assert_eq!(merge(&full, [("another", "1")]), Err(InvalidTag::TooMany));
        assert_eq!(merge(&full, [("new", "2")]).unwrap()["new"], "2");
    }
}
