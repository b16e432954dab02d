//! The tree of paths: versions, then `meta-data`, `dynamic` and `user-data`. Directories are implied by the
//! leaves and list their children one a line, directories among them with a slash.

use std::collections::BTreeMap;

use crate::net::metadata::InstanceMetadata;

/// The versions that AWS lists; each behaves as the latest.
const VERSIONS: [&str; 29] = [
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
    "latest",
];

const PUBLIC_KEYS: [&str; 2] = ["meta-data", "public-keys"];

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A leaf or a listing.
    Text(String),
    /// User data, as it was given.
    Bytes(Vec<u8>),
}

/// Looks a path up. Slashes too many do no harm, as scripts like to append one.
pub fn find(metadata: &InstanceMetadata, path: &str) -> Option<Found> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let Some(version) = segments.next() else { return Some(Found::Text(VERSIONS.join("\n"))) };
    if !VERSIONS.contains(&version) {
        return None;
    }
    let wanted: Vec<&str> = segments.collect();
    match wanted.as_slice() {
        [] => Some(Found::Text(top(metadata))),
        ["user-data"] => metadata.user_data.clone().map(Found::Bytes),
        wanted => below(&metadata.leaves, wanted).map(Found::Text),
    }
}

/// The first level is listed without slashes.
fn top(metadata: &InstanceMetadata) -> String {
    let mut names: Vec<&str> = metadata.leaves.keys().filter_map(|path| path.split('/').next()).collect();
    names.extend(metadata.user_data.as_ref().map(|_| "user-data"));
    names.sort_unstable();
    names.dedup();
    names.join("\n")
}

fn below(leaves: &BTreeMap<String, String>, wanted: &[&str]) -> Option<String> {
    let mut children: Vec<String> = Vec::new();
    for (path, value) in leaves {
        let segments: Vec<&str> = path.split('/').collect();
        let Some((start, rest)) = segments.split_at_checked(wanted.len()) else { continue };
        if !is_same(start, wanted) {
            continue;
        }
        let Some((child, deeper)) = rest.split_first() else { return Some(value.clone()) };
        let child = match deeper {
            [] => (*child).to_owned(),
            _ if wanted == PUBLIC_KEYS => key_entry(child, value),
            _ => format!("{child}/"),
        };
        if children.last() != Some(&child) {
            children.push(child);
        }
    }
    (!children.is_empty()).then(|| children.join("\n"))
}

/// Whether a leaf's directory is the one asked for. Public keys are asked for by number alone.
fn is_same(start: &[&str], wanted: &[&str]) -> bool {
    start.iter().zip(wanted).enumerate().all(|(depth, (have, want))| {
        have == want
            || (depth == PUBLIC_KEYS.len()
                && start[..depth] == PUBLIC_KEYS
                && have.split_once('=').is_some_and(|(number, _)| number == *want))
    })
}

/// Public keys are listed as `0=name`. A leaf may say so itself (`public-keys/0=name/openssh-key`); else the
/// name is the comment of the key.
fn key_entry(child: &str, key: &str) -> String {
    if child.contains('=') {
        return child.to_owned();
    }
    let name = key.split_whitespace().nth(2).unwrap_or("key");
    format!("{child}={name}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn metadata() -> InstanceMetadata {
        let leaves = [
            ("meta-data/ami-id", "ami-1"),
            ("meta-data/placement/availability-zone", "us-east-1a"),
            ("meta-data/placement/region", "us-east-1"),
            ("meta-data/public-keys/0=my-key/openssh-key", "ssh-ed25519 AAAA my-key"),
            ("meta-data/public-keys/1/openssh-key", "ssh-ed25519 BBBB other"),
            ("dynamic/instance-identity/document", "{}"),
        ];
        InstanceMetadata {
            leaves: leaves.map(|(path, value)| (path.to_owned(), value.to_owned())).into(),
            user_data: Some(b"#!/bin/sh".to_vec()),
            ..InstanceMetadata::default()
        }
    }

    fn text(path: &str) -> Option<String> {
        match find(&metadata(), path)? {
            Found::Text(text) => Some(text),
            Found::Bytes(_) => None,
        }
    }

    #[test]
    fn directories_list_their_children() {
        assert_eq!(text("/latest").unwrap(), "dynamic\nmeta-data\nuser-data");
        assert_eq!(text("/latest/meta-data/").unwrap(), "ami-id\nplacement/\npublic-keys/");
        assert_eq!(text("/latest/meta-data").unwrap(), "ami-id\nplacement/\npublic-keys/");
        assert_eq!(text("/2021-07-15/meta-data/placement/").unwrap(), "availability-zone\nregion");
        assert!(text("/").unwrap().ends_with("\nlatest"));
    }

    #[test]
    fn public_keys_are_listed_with_names_and_read_by_number() {
        assert_eq!(text("/latest/meta-data/public-keys/").unwrap(), "0=my-key\n1=other");
        assert_eq!(text("/latest/meta-data/public-keys/0/").unwrap(), "openssh-key");
        assert_eq!(text("/latest/meta-data/public-keys/0/openssh-key").unwrap(), "ssh-ed25519 AAAA my-key");
        assert_eq!(text("/latest/meta-data/public-keys/1/openssh-key").unwrap(), "ssh-ed25519 BBBB other");
    }

    #[test]
    fn leaves_are_found_and_other_paths_are_not() {
        assert_eq!(text("/latest/meta-data/ami-id").unwrap(), "ami-1");
        assert_eq!(text("/1.0/meta-data/ami-id/").unwrap(), "ami-1");
        for path in ["/latest/meta-data/ami", "/latest/meta-data/ami-id/x", "/1999-01-01/meta-data/", "/latest/x"] {
            assert_eq!(text(path), None, "{path}");
        }
        assert_eq!(find(&metadata(), "/latest/user-data"), Some(Found::Bytes(b"#!/bin/sh".to_vec())));
    }

    proptest! {
        #[test]
        fn no_path_panics(path in "[/a-z0-9=.-]{0,40}") {
            find(&metadata(), &path);
        }
    }
}
