//! The host's images, as SSM's public parameters name them.

use std::sync::Arc;

use freehold_ec2::images::HostImages;
use freehold_ssm::{PublicImage, PublicImages};

pub struct HostsImages(pub Arc<dyn HostImages>);

impl PublicImages for HostsImages {
    fn list(&self) -> Vec<PublicImage> {
        let images = self.0.list().into_iter();
        images.map(|image| PublicImage { id: image.id, name: image.name, created: image.created }).collect()
    }
}
