//! ARNs as requests write them.

use freehold_core::Arn;
use freehold_wire::Call;

use crate::errors::Error;

/// An ARN has so many parts between its colons.
const PARTS: usize = 6;

/// A topic's ARN, of this region.
pub(crate) fn topic(call: &Call, name: &str, text: Option<String>) -> Result<String, Error> {
    let arn = parse(call, name, text)?;
    if arn.resource.contains([':', '/']) {
        return Err(Error::InvalidParameter(name.to_owned()));
    }
    Ok(arn.to_string())
}

/// A subscription's ARN: that of its topic and a UUID.
pub(crate) fn subscription(call: &Call, text: Option<String>) -> Result<String, Error> {
    let arn = parse(call, "SubscriptionArn", text)?;
    match arn.resource.split(':').count() {
        2 => Ok(arn.to_string()),
        parts => Err(Error::reason(
            "SubscriptionArn",
            format!("An ARN must have at least {} elements, not {}", PARTS + 1, PARTS - 1 + parts),
        )),
    }
}

/// An ARN of a platform application or endpoint.
pub(crate) fn push(call: &Call, name: &str, kind: &str, text: Option<String>) -> Result<String, Error> {
    let arn = parse(call, name, text)?;
    let is_kind = arn.resource.split_once('/').is_some_and(|(found, _)| found == kind);
    if is_kind {
        return Ok(arn.to_string());
    }
    Err(Error::reason(name, format!("Wrong number of slashes in relative portion of the ARN: {}", arn.resource)))
}

/// An ARN of SNS in this region.
pub(crate) fn parse(call: &Call, name: &str, text: Option<String>) -> Result<Arn, Error> {
    let text = text.unwrap_or_default();
    let parts = text.splitn(PARTS, ':').count();
    let arn: Arn = text
        .parse()
        .map_err(|_| Error::reason(name, format!("An ARN must have at least {PARTS} elements, not {parts}")))?;
    let is_ours =
        arn.partition == "aws" && arn.service == "sns" && arn.region == call.region && !arn.resource.is_empty();
    if is_ours { Ok(arn) } else { Err(Error::InvalidParameter(name.to_owned())) }
}
