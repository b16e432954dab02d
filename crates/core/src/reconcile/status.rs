//! What `freehold status` shows of a reconciler.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

/// One reconciler.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub name: &'static str,
    pub period: Duration,
    /// When it last looked for work.
    pub last_activation: Option<Timestamp>,
    /// How long that look took.
    pub last_duration: Duration,
    /// Since the start of the process, as all counts here.
    pub activations: u64,
    pub steps: u64,
    /// Looks and steps that failed.
    pub failures: u64,
    /// Stays after the next success, so that it can be read.
    pub last_error: Option<LastError>,
    /// The objects that are not yet what they should be.
    pub keys: Vec<KeyStatus>,
}

/// The newest failure.
#[derive(Debug, Clone, Serialize)]
pub struct LastError {
    pub at: Timestamp,
    /// `None` where looking for work failed.
    pub key: Option<String>,
    pub message: String,
}

/// One object in work.
#[derive(Debug, Clone, Serialize)]
pub struct KeyStatus {
    pub key: String,
    pub state: KeyState,
    /// Failures in a row.
    pub failures: u32,
    pub last_error: Option<String>,
}

/// Why a key is not being stepped, if it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    Ready,
    Running,
    /// Waits for something that takes time.
    Pausing,
    /// Waits after a failure.
    BackingOff,
}
