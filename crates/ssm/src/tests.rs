//! The parameters follow the images.

use std::sync::Arc;

use super::{PublicImage, PublicImages, Ssm};

struct Images(Vec<PublicImage>);

impl PublicImages for Images {
    fn list(&self) -> Vec<PublicImage> {
        self.0.clone()
    }
}

fn image(id: &str, name: &str, created: &str) -> PublicImage {
    PublicImage { id: id.into(), name: name.into(), created: created.parse().unwrap() }
}

#[test]
fn the_latest_image_of_a_kind_is_the_value_and_each_image_a_version() {
    let ssm = Ssm::new(Arc::new(Images(vec![
        image("ami-1", "debian-12-amd64-20260101", "2026-01-01T00:00:00Z"),
        image("ami-3", "debian-12-amd64-20260301", "2026-03-01T00:00:00Z"),
        image("ami-2", "debian-12-amd64-20260201", "2026-02-01T00:00:00Z"),
        image("ami-4", "debian-12-arm64-20260401", "2026-04-01T00:00:00Z"),
    ])));
    let parameters = ssm.parameters();
    assert_eq!(parameters.len(), 1);
    assert_eq!(parameters[0].name, "/aws/service/debian/release/12/latest/amd64");
    assert_eq!((parameters[0].value.as_str(), parameters[0].version), ("ami-3", 3));
}

#[test]
fn a_parameter_without_image_does_not_exist() {
    assert!(Ssm::new(Arc::new(Images(Vec::new()))).parameters().is_empty());
}
