//! Usage that is counted.

use freehold_store::{Document, Error, Tx, TxExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Month;

/// How much of something one resource used in one clock hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    id: String,
    /// 12 digits.
    pub account: String,
    /// An ARN.
    pub resource: String,
    /// Of the price list: `AWSLambda`, `AWSQueueService`.
    pub service: String,
    /// `Requests-Tier1`, `Lambda-GB-Second`
    pub usage_type: String,
    /// The beginning of the hour.
    pub hour: Timestamp,
    /// In millionths of the usage type's unit.
    pub millionths: u64,
}

impl Document for Tally {
    const KIND: &'static str = "metering.tally";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [Some(Month::of(self.hour).to_string()), None, None]
    }
}

/// Adds to what was counted in the hour of `at`.
///
/// # Errors
/// Those of the store.
pub(crate) fn count(
    tx: &mut dyn Tx,
    (account, resource): (&str, &str),
    (service, usage_type): (&str, &str),
    at: Timestamp,
    millionths: u64,
) -> Result<(), Error> {
    let hour = hour_of(at);
    let id = format!("{resource}/{service}/{usage_type}/{}", hour.as_second());
    let mut tally = match tx.get::<Tally>(&id)? {
        Some(tally) => tally,
        None => Tally {
            id,
            account: account.to_owned(),
            resource: resource.to_owned(),
            service: service.to_owned(),
            usage_type: usage_type.to_owned(),
            hour,
            millionths: 0,
        },
    };
    tally.millionths = tally.millionths.saturating_add(millionths);
    tx.put(&tally)
}

/// Counted for each request, so without a calendar: hours of UTC are all alike.
pub(crate) fn hour_of(at: Timestamp) -> Timestamp {
    const MILLISECONDS: i64 = 3_600_000;
    Timestamp::from_millisecond(at.as_millisecond().div_euclid(MILLISECONDS) * MILLISECONDS).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_begins_at_its_full_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(hour_of(at("2026-11-30T10:59:59.999Z")), at("2026-11-30T10:00:00Z"));
        assert_eq!(hour_of(at("1969-12-31T23:30:00Z")), at("1969-12-31T23:00:00Z"));
    }
}
