//! CPU credits of burstable instances: what they may use beyond their baseline.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::document;

/// A credit is a virtual CPU for a minute (*EC2 user guide, Key concepts for burstable performance instances*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CpuCredits {
    /// Its instance's.
    pub id: String,
    pub account: String,
    pub balance: f64,
    /// Used beyond the balance by an instance that is `unlimited`, and not earned since.
    pub surplus: f64,
    pub at: Timestamp,
}

document!(CpuCredits, "ec2.cpu-credits");
