//! Machine images that users made (`CreateImage`, `CopyImage`). Freehold's own images are not stored here: the host's
//! image store lists them ([`crate::images`]).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `ami-…`
    pub id: String,
    /// The owner.
    pub account: String,
    /// `amazon` for Freehold's own.
    pub owner_alias: Option<String>,
    pub name: String,
    pub description: String,
    pub state: ImageState,
    /// Why it failed.
    pub state_reason: Option<String>,
    /// `x86_64`, `arm64`
    pub architecture: String,
    pub created: Timestamp,
    /// `/dev/xvda`
    pub root_device: String,
    /// What an instance's root volume has at least.
    pub size_gib: u32,
    pub snapshot: String,
    /// Its name in the host's image store; empty until its disk is copied.
    pub machine_image: String,
    /// Everyone may launch it.
    pub public: bool,
    /// Accounts that may launch it.
    pub launch_accounts: Vec<String>,
    pub source_instance: Option<String>,
    /// The image it was copied from, and that image's region.
    pub source_image: Option<(String, String)>,
    pub imds_v2_required: bool,
    pub deprecation: Option<Timestamp>,
    pub deregistration_protection: bool,
    pub tags: Tags,
    /// Of its snapshot, which has no life of its own.
    #[serde(default)]
    pub snapshot_tags: Tags,
    #[serde(default)]
    pub interruption: Interruption,
}

document!(Image, "ec2.image", |i| [Some(i.name.clone()), None, i.is_unsettled().then(|| Image::UNSETTLED.into())]);
resource!(Image, "ami", "image", "InvalidAMIID", "image", Malformed::Expecting("InvalidAMIID.Malformed"));

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageState {
    Pending,
    Available,
    Failed,
    Disabled,
    Deregistered,
}

impl ImageState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Available => "available",
            Self::Failed => "failed",
            Self::Disabled => "disabled",
            Self::Deregistered => "deregistered",
        }
    }
}

/// What making an image does to the instance that it is made of. It stays `running` for its users, as on AWS, where it
/// is rebooted; until this is [`Interruption::None`] again its machine may be found off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interruption {
    /// Nothing, or it is over.
    #[default]
    None,
    /// The guest is to be shut down.
    Wanted,
    /// The guest was asked to shut down; it is to be started again when the disk is copied.
    Asked,
}

impl Image {
    /// What its third index holds while there is anything left to do for it.
    pub const UNSETTLED: &'static str = "unsettled";

    /// Whether its disk is still to be copied.
    pub fn awaits_copy(&self) -> bool {
        self.state == ImageState::Pending && self.machine_image.is_empty()
    }

    /// Whether there is anything left to do for it.
    pub fn is_unsettled(&self) -> bool {
        self.state == ImageState::Pending || self.interruption != Interruption::None
    }

    /// Whether `account` may see and launch it.
    pub fn is_visible_to(&self, account: &str) -> bool {
        self.public || self.account == account || self.launch_accounts.iter().any(|a| a == account)
    }
}
