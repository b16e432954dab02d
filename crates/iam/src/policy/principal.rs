//! Whether the `Principal` of a trust policy or of a resource's names the caller.

use super::document::Principals;

/// Who is asking, as such a policy may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller<'a> {
    /// Every ARN that names the caller: a role session has its own and its role's.
    pub arns: &'a [String],
    pub account: &'a str,
    /// `ec2.amazonaws.com`
    pub service: Option<&'a str>,
}

impl Principals {
    pub(super) fn names(&self, caller: &Caller<'_>) -> bool {
        match self {
            Self::Everyone(text) => text == "*",
            Self::Some(kinds) => kinds.iter().any(|(kind, names)| {
                names.as_slice().iter().any(|name| match kind.as_str() {
                    "AWS" => caller.service.is_none() && is_named(name, caller),
                    "Service" => caller.service == Some(name.as_str()),
                    _ => false,
                })
            }),
        }
    }
}

/// An account is named by its number or its root's ARN, and means every identity in it.
fn is_named(name: &str, caller: &Caller<'_>) -> bool {
    name == "*"
        || name == caller.account
        || name.strip_prefix("arn:aws:iam::").and_then(|rest| rest.strip_suffix(":root")) == Some(caller.account)
        || caller.arns.iter().any(|arn| arn == name)
}
