//! What Spot cost from a moment on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::document;

/// A change of the price of everything that is sold as Spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotShare {
    /// Sorts by time.
    pub id: String,
    /// Nobody's: prices are the region's.
    pub account: String,
    pub at: Timestamp,
    /// Of the On-Demand price, in ten-thousandths.
    pub share: u32,
}

document!(SpotShare, "ec2.spot-share");

impl SpotShare {
    pub fn new(at: Timestamp, share: u32) -> Self {
        // Prices are published by the second.
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self { id: format!("{:020}", at.as_second().max(0)), account: String::new(), at, share }
    }
}
