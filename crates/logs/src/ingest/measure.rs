//! What groups take in, for CloudWatch (*User guide, Monitoring with CloudWatch metrics*).

use freehold_core::metrics::Datum;
use jiff::Timestamp;

const NAMESPACE: &str = "AWS/Logs";

/// Bytes and events of one request, for the group and for the account.
pub(crate) fn measure(group: &str, bytes: usize, events: usize, at: Timestamp) -> Vec<Datum> {
    let mut data = Vec::with_capacity(4);
    for dimensions in [vec![("LogGroupName", group.to_owned())], Vec::new()] {
        data.push(Datum::one(NAMESPACE, "IncomingBytes", dimensions.clone(), at, bytes as f64, "Bytes"));
        data.push(Datum::one(NAMESPACE, "IncomingLogEvents", dimensions, at, events as f64, "None"));
    }
    data
}
