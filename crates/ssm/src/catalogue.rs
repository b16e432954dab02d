//! Which public parameters there are, and which kind of image each names.

use crate::parameter::Parameter;
use crate::{PublicImage, Ssm};

/// Parameters and how the names of their images begin. Debian's own publishes the first under this name.
const NAMES: [(&str, &str, &str); 2] = [
    ("/aws/service/debian/release/12/latest/amd64", "debian-12-amd64-", "The latest Debian 12 image for amd64"),
    ("/aws/service/freehold/ami/minimal/latest", "freehold-minimal-", "The latest minimal image of Freehold"),
];

impl Ssm {
    /// Every parameter whose image exists, by name.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let images = self.images.list();
        let named = |(name, prefix, description): &(&'static str, &str, &'static str)| {
            let mut kind: Vec<&PublicImage> = images.iter().filter(|image| image.name.starts_with(prefix)).collect();
            kind.sort_by(|left, right| (left.created, &left.name).cmp(&(right.created, &right.name)));
            let latest = kind.last()?;
            Some(Parameter {
                name,
                description,
                value: latest.id.clone(),
                // Each newer image of the kind was a new version of the parameter.
                version: i64::try_from(kind.len()).unwrap_or(i64::MAX),
                modified: latest.created,
            })
        };
        NAMES.iter().filter_map(named).collect()
    }
}
