//! Freehold's own machine images, as EC2 sees the host's image store.

use async_trait::async_trait;
use jiff::Timestamp;

/// An image of the host's store that everyone may launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostImage {
    /// `ami-…`, the same on every host that has this image.
    pub id: String,
    /// `debian-12-amd64-20261123`
    pub name: String,
    pub description: String,
    /// `x86_64`, `arm64`
    pub architecture: String,
    pub created: Timestamp,
    /// The least root disk that holds it.
    pub size_gib: u32,
    /// Its name in the image store, for [`freehold_machine::MachineSpec::image`].
    pub machine_image: String,
}

/// The image store of the host.
#[async_trait]
pub trait HostImages: Send + Sync + 'static {
    /// What everyone may launch, by now.
    fn list(&self) -> Vec<HostImage>;

    /// Makes the image `name` of a machine's disk. Done already: nothing happens.
    async fn capture(&self, machine: &str, name: &str) -> freehold_machine::Result<()>;

    /// Removes an image that was captured. Removing what is not there succeeds.
    async fn remove(&self, name: &str) -> freehold_machine::Result<()>;
}
