//! Policies, as requests name them: by a name and the group's, or by an ARN.

use freehold_store::{Filter, StoreExt};

use crate::AutoScaling;
use crate::errors::{Error, Result};
use crate::model::{Policy, group_id};

pub(super) fn named(own: &AutoScaling, account: &str, group: Option<&str>, policy: &str) -> Result<Policy> {
    let unknown = || Error::validation(format!("PolicyARN or PolicyName not found: {policy}"));
    let found = if policy.starts_with("arn:") {
        own.store.get::<Policy>(policy)?.filter(|found| found.account == account)
    } else {
        let group = group.ok_or_else(|| {
            Error::validation("An Auto Scaling group name is required where a policy is named by its name.")
        })?;
        own.group(account, group)?;
        let all = own.store.list::<Policy>(&Filter::index(0, group_id(account, group)))?;
        all.into_iter().find(|found| found.name == policy)
    };
    found
        .filter(|found| group.is_none_or(|group| group == found.group_name || group.starts_with("arn:")))
        .ok_or_else(unknown)
}
