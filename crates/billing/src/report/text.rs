//! Names of dimensions.

use crate::bill::Dimension;

/// There is no such dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "bills are not told apart by {0}; they are by hour, day, month, account, service, usage, resource, option, region and tag:KEY"
)]
pub struct Unknown(pub String);

/// Reads `service`, `option` or `tag:team`.
///
/// # Errors
/// [`Unknown`].
pub fn dimension(name: &str) -> Result<Dimension, Unknown> {
    Ok(match name {
        "hour" => Dimension::Hour,
        "day" => Dimension::Day,
        "month" => Dimension::Month,
        "account" => Dimension::Account,
        "service" => Dimension::Service,
        "usage" => Dimension::UsageType,
        "resource" => Dimension::Resource,
        "option" => Dimension::Option,
        "region" => Dimension::Region,
        name => match name.strip_prefix("tag:").filter(|key| !key.is_empty()) {
            Some(key) => Dimension::Tag(key.to_owned()),
            None => return Err(Unknown(name.to_owned())),
        },
    })
}
