//! What every part of the region agrees on: identifiers, ARNs, who is calling, the clock, and the
//! reconcilers that make desired state true. Knows no protocol, no storage and no service.

pub mod arn;
pub mod certificates;
pub mod clock;
pub mod events;
pub mod functions;
pub mod ids;
pub mod metrics;
pub mod pagination;
pub mod patterns;
pub mod principal;
pub mod reconcile;
pub mod tags;
pub mod targets;

pub use arn::{Arn, is_account};
pub use clock::{Clock, ManualClock, SystemClock};
pub use principal::{Principal, PrincipalKind};

/// The region's name when none is configured.
pub const DEFAULT_REGION: &str = "us-east-1";
