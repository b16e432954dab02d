//! Launch configurations: what came before launch templates.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LaunchConfiguration {
    /// `account/name`
    pub id: String,
    pub account: String,
    pub name: String,
    pub arn: String,
    pub created: Timestamp,
    pub image: String,
    pub instance_type: String,
    pub key_name: Option<String>,
    pub security_groups: Vec<String>,
    /// Base64.
    pub user_data: Option<String>,
    pub devices: Vec<Device>,
    pub monitoring: bool,
    /// Name or ARN.
    pub iam_profile: Option<String>,
    pub ebs_optimized: bool,
    pub associate_public_ip: Option<bool>,
    pub tenancy: Option<String>,
    pub http_tokens: Option<String>,
    pub http_hop_limit: Option<i32>,
    pub http_endpoint: Option<String>,
    /// The most to be paid for an hour: instances are Spot ones.
    #[serde(default)]
    pub spot_price: Option<String>,
}

/// A block device mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Device {
    pub name: String,
    pub snapshot: Option<String>,
    pub size_gib: Option<i32>,
    pub volume_type: Option<String>,
    pub iops: Option<i32>,
    pub throughput: Option<i32>,
    pub delete_on_termination: Option<bool>,
    pub encrypted: Option<bool>,
}

impl LaunchConfiguration {
    pub fn id(account: &str, name: &str) -> String {
        format!("{account}/{name}")
    }
}

impl Document for LaunchConfiguration {
    const KIND: &'static str = "autoscaling.launch-configuration";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }
}
