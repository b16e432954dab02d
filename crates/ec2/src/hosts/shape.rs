//! How large a family's server is (*EC2 user guide, Dedicated Host instance capacity configurations*).

use crate::catalogue::{self, InstanceType};

/// A server as AWS describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub sockets: u32,
    pub cores: u32,
    pub vcpus: u32,
}

/// Servers that have more cores than the largest size of their family.
const CORES: &[(&str, u32)] = &[
    ("c3", 20),
    ("c4", 20),
    ("d2", 24),
    ("f1", 36),
    ("g3", 36),
    ("h1", 36),
    ("i2", 20),
    ("i3", 36),
    ("m3", 20),
    ("m4", 24),
    ("p2", 36),
    ("p3", 36),
    ("r3", 20),
    ("r4", 36),
    ("t3", 48),
    ("x1", 72),
    ("x1e", 72),
];

impl Shape {
    /// Of the family's server; `None` for a family that has no Dedicated Hosts.
    pub fn of(family: &str) -> Option<Self> {
        let largest = types(family).max_by_key(|kind| (kind.cores, kind.threads_per_core))?;
        let known = CORES.iter().find(|(known, _)| *known == family).map(|(_, cores)| *cores);
        let cores = known.unwrap_or(largest.cores).max(largest.cores);
        let sockets = match family {
            "x1" | "x1e" => 4,
            _ if family.starts_with("u-") => 8,
            _ if family.starts_with("mac") || largest.cpu_manufacturer == "AWS" => 1,
            _ => 2,
        };
        Some(Self { sockets, cores, vcpus: cores * largest.threads_per_core.max(1) })
    }

    /// How many instances of this type an empty server takes.
    pub fn count(&self, kind: &InstanceType) -> u32 {
        count(kind, self.vcpus)
    }
}

/// How many instances of this type so many vCPUs are for.
pub fn count(kind: &InstanceType, vcpus: u32) -> u32 {
    vcpus / kind.vcpus.max(1)
}

/// The types of a family that its hosts take.
pub fn types(family: &str) -> impl Iterator<Item = InstanceType> {
    let prefix = format!("{family}.");
    catalogue::all().filter(move |kind| kind.dedicated_hosts && kind.name.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_as_the_user_guide_has_them() {
        for (family, sockets, cores, vcpus) in
            [("m5", 2, 48, 96), ("r5", 2, 48, 96), ("c5", 2, 36, 72), ("t3", 2, 48, 96), ("a1", 1, 16, 16)]
        {
            assert_eq!(Shape::of(family), Some(Shape { sockets, cores, vcpus }), "{family}");
        }
        assert_eq!(Shape::of("t2"), None);
        assert_eq!(Shape::of("zz9"), None);
    }

    #[test]
    fn every_type_that_hosts_take_fits_its_server() {
        for kind in catalogue::all().filter(|kind| kind.dedicated_hosts) {
            assert!(Shape::of(kind.family()).is_some_and(|shape| shape.count(&kind) >= 1), "{}", kind.name);
        }
    }
}
