//! Root volumes. Their bytes are the driver's; volumes of their own come with EBS.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tags;
use super::resource::{Malformed, document, resource};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// `vol-…`
    pub id: String,
    pub account: String,
    pub size_gib: u32,
    /// `gp3`, `gp2`, …
    pub volume_type: String,
    pub iops: Option<u32>,
    /// MiB/s, only of `gp3`.
    pub throughput: Option<u32>,
    pub zone: String,
    pub zone_id: String,
    pub snapshot: String,
    pub encrypted: bool,
    pub created: Timestamp,
    pub state: VolumeState,
    pub attachment: Option<VolumeAttachment>,
    pub tags: Tags,
}

document!(Volume, "ec2.volume", |v| [v.attachment.as_ref().map(|a| a.instance.clone()), None, None]);
resource!(Volume, "vol", "volume", "InvalidVolume", "volume", Malformed::Expecting("InvalidVolumeID.Malformed"));

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VolumeState {
    InUse,
    Available,
}

impl VolumeState {
    pub fn name(self) -> &'static str {
        match self {
            Self::InUse => "in-use",
            Self::Available => "available",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeAttachment {
    pub instance: String,
    pub device: String,
    pub delete_on_termination: bool,
    pub attached: Timestamp,
}
