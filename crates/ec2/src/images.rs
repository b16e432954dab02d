//! The images that can be launched: Freehold's own, which the host's image store has and everyone may launch, and
//! those that users made ([`Image`]).

use async_trait::async_trait;
use freehold_machine::Result as MachineResult;
use jiff::Timestamp;

use crate::errors::Result;
use crate::lookup::{self, Reader};
use crate::model::{Image, ImageState, Interruption, Tags};

/// The account that Freehold's own images belong to, with the alias `amazon`.
pub const OWNER: &str = "137112412989";

/// An image of the host's store that everyone may launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostImage {
    /// `ami-…`, the same on every host that has this image; also its name in the image store.
    pub id: String,
    /// `debian-12-amd64-20261123`
    pub name: String,
    pub description: String,
    /// `x86_64`, `arm64`
    pub architecture: String,
    pub created: Timestamp,
    /// The least root disk that holds it.
    pub size_gib: u32,
}

/// The image store of the host.
#[async_trait]
pub trait HostImages: Send + Sync + 'static {
    /// What everyone may launch, by now.
    fn list(&self) -> Vec<HostImage>;

    /// The names of all that were captured.
    fn captured(&self) -> Vec<String>;

    /// Makes an image of a machine's disk, which started from `base`, and returns its name in the store. The same
    /// disk makes the same image.
    async fn capture(&self, machine: &str, base: &str, name: &str, description: &str) -> MachineResult<String>;

    /// Removes an image that was captured. Removing what is not there succeeds.
    async fn remove(&self, name: &str) -> MachineResult<()>;
}

/// Every image that the account may launch.
pub fn visible(from: &mut (impl Reader + ?Sized), host: &dyn HostImages, account: &str) -> Result<Vec<Image>> {
    let mut images: Vec<Image> = host.list().into_iter().map(HostImage::into_image).collect();
    let own: Vec<Image> = from.read_all(&freehold_store::Filter::default())?;
    images.extend(own.into_iter().filter(|image| image.is_visible_to(account)));
    Ok(images)
}

/// The image with this id, if the account may launch it.
pub fn find(from: &mut (impl Reader + ?Sized), host: &dyn HostImages, account: &str, id: &str) -> Result<Image> {
    lookup::check_form::<Image>(id)?;
    if let Some(image) = host.list().into_iter().find(|image| image.id == id) {
        return Ok(image.into_image());
    }
    let found: Option<Image> = from.read(id)?;
    found.filter(|image| image.is_visible_to(account)).ok_or_else(|| lookup::not_found::<Image>(&[id]))
}

impl HostImage {
    /// As users see it.
    pub fn into_image(self) -> Image {
        Image {
            // One snapshot per image, named after it.
            snapshot: self.id.replacen("ami-", "snap-", 1),
            machine_image: self.id.clone(),
            id: self.id,
            account: OWNER.into(),
            owner_alias: Some("amazon".into()),
            name: self.name,
            description: self.description,
            state: ImageState::Available,
            state_reason: None,
            architecture: self.architecture,
            created: self.created,
            root_device: "/dev/xvda".into(),
            size_gib: self.size_gib,
            public: true,
            launch_accounts: Vec::new(),
            source_instance: None,
            source_image: None,
            imds_v2_required: false,
            deprecation: None,
            deregistration_protection: false,
            tags: Tags::default(),
            snapshot_tags: Tags::default(),
            interruption: Interruption::None,
        }
    }
}

/// Images of machines that exist in state only: names that can be launched.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoImages;

#[async_trait]
impl HostImages for NoImages {
    fn list(&self) -> Vec<HostImage> {
        let image = |id: &str, name: &str, description: &str| HostImage {
            id: id.into(),
            name: name.into(),
            description: description.into(),
            architecture: "x86_64".into(),
            created: Timestamp::UNIX_EPOCH,
            size_gib: 8,
        };
        vec![
            image("ami-0f8ee401d00000001", "freehold-minimal-20261101", "Freehold minimal (busybox, dropbear)"),
            image("ami-0f8ee401d00000002", "debian-12-amd64-20261101", "Debian 12 (sshd, cloud-init)"),
        ]
    }

    fn captured(&self) -> Vec<String> {
        Vec::new()
    }

    async fn capture(&self, machine: &str, _base: &str, _name: &str, _description: &str) -> MachineResult<String> {
        Ok(machine.replacen("i-", "ami-", 1))
    }

    async fn remove(&self, _name: &str) -> MachineResult<()> {
        Ok(())
    }
}
