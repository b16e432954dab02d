//! The names of everything that the network makes on the host. All are derived from the region's tag and the
//! ids of what they stand for, so that whatever a crash left behind is recognised, adopted or removed without
//! any record of it. The kernel allows 15 bytes for a link.

use std::path::Path;

use sha2::{Digest, Sha256};

/// Start of every name on the host, of any region.
pub const PREFIX: &str = "fh";

/// Separates the regions that share one host: five hexadecimal digits from their data directory's path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tag(String);

impl Tag {
    /// The tag of the region that keeps its data in `data_dir`.
    pub fn of(data_dir: &Path) -> Self {
        let path = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_path_buf());
        Self(digest(&path.to_string_lossy(), 5))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The VPC's network namespace, below `/run/netns`.
    pub fn namespace(&self, vpc: &str) -> String {
        format!("{PREFIX}{}-{}", self.0, vpc.strip_prefix("vpc-").unwrap_or(vpc))
    }

    /// The namespace of a node of the region's own, below `/run/netns`.
    pub fn node_namespace(&self, node: &str) -> String {
        format!("{PREFIX}{}n-{node}", self.0)
    }

    /// The VPC whose namespace has this name; `None` if it is not one of this region.
    pub fn vpc_of_namespace(&self, name: &str) -> Option<String> {
        let rest = name.strip_prefix(PREFIX)?.strip_prefix(&self.0)?.strip_prefix('-')?;
        (!rest.is_empty()).then(|| format!("vpc-{rest}"))
    }

    /// The host's end of the VPC's uplink.
    pub fn uplink(&self, vpc: &str) -> String {
        format!("{}{}", self.uplink_prefix(), tail(vpc, 8))
    }

    /// What the names of all of this region's uplinks start with.
    pub fn uplink_prefix(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// This region's nftables table on the host.
    pub fn table(&self) -> String {
        format!("freehold_{}", self.0)
    }
}

/// Whether a namespace is a VPC's, of whatever region.
pub fn is_namespace_of_any_region(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(tag, _)| tag.len() == 5 && tag.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a link is the host's end of a sandbox's, of whatever region.
pub fn is_sandbox_of_any_region(link: &str) -> bool {
    link.strip_prefix("fn").is_some_and(|rest| rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The VPC's end of its uplink. It cannot be taken for an interface: those start with `e`.
pub const UPLINK: &str = "uplink";

/// The VPC's end of an interface.
pub fn eni_link(eni: &str) -> String {
    format!("e{}", tail(eni, 12))
}

/// The last `length` digits of an AWS-style id. Ids that are not hexadecimal (or shorter) are hashed instead,
/// so that different ids keep different names.
fn tail(id: &str, length: usize) -> String {
    let digits = id.rsplit('-').next().unwrap_or(id);
    let is_hex = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match digits.len().checked_sub(length) {
        Some(start) if is_hex => digits[start..].to_owned(),
        _ => digest(id, length),
    }
}

fn digest(text: &str, length: usize) -> String {
    let mut hex = hex::encode(Sha256::digest(text.as_bytes()));
    hex.truncate(length);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_name_fits_the_kernel() {
        let tag = Tag::of(Path::new("/var/lib/freehold"));
        for id in ["vpc-0123456789abcdef0", "vpc-1a2b3c4d", "vpc-x", "vpc-Ünï"] {
            assert_eq!(tag.uplink(id).len(), 15);
        }
        assert_eq!(eni_link("eni-0123456789abcdef0"), "e56789abcdef0");
        assert_eq!(eni_link("eni-1a2b3c4d").len(), 13);
    }

    #[test]
    fn a_namespace_name_leads_back_to_its_vpc() {
        let tag = Tag::of(Path::new("/a"));
        let other = Tag::of(Path::new("/b"));
        let name = tag.namespace("vpc-0123456789abcdef0");
        assert_eq!(tag.vpc_of_namespace(&name).as_deref(), Some("vpc-0123456789abcdef0"));
        assert_eq!(other.vpc_of_namespace(&name), None);
        assert_eq!(tag.vpc_of_namespace("docker"), None);
        assert_eq!(tag.vpc_of_namespace(&tag.node_namespace("0123456789abcdef")), None);
    }
}
