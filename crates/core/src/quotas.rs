//! Named limits, as Service Quotas lists them. A service declares its quotas as constants and asks [`Quotas`] for
//! the value in force, which the operator may set per region.

use std::collections::BTreeMap;

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// As AWS codes it: `L-F678F1CE`.
    pub code: &'static str,
    /// `ec2`, `vpc`, …
    pub service: &'static str,
    /// As AWS names it: `VPCs per Region`.
    pub name: &'static str,
    /// What AWS grants unasked.
    pub default: u64,
}

/// There would be more than the limit allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} has reached its limit of {limit}", quota.name)]
pub struct QuotaExceeded {
    pub quota: Quota,
    pub limit: u64,
}

/// The limits in force.
#[derive(Debug, Clone, Default)]
pub struct Quotas {
    /// By code; what is not here has its default.
    set: BTreeMap<String, u64>,
}

impl Quotas {
    /// The defaults, but for those that `set` names by code.
    pub fn new(set: BTreeMap<String, u64>) -> Self {
        Self { set }
    }

    /// The limit in force.
    pub fn limit(&self, quota: &Quota) -> u64 {
        self.set.get(quota.code).copied().unwrap_or(quota.default)
    }

    /// Whether `more` may be added to the `present` ones.
    pub fn check(&self, quota: &Quota, present: u64, more: u64) -> Result<(), QuotaExceeded> {
        let limit = self.limit(quota);
        if present.saturating_add(more) > limit {
            return Err(QuotaExceeded { quota: *quota, limit });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VPCS: Quota = Quota { code: "L-F678F1CE", service: "vpc", name: "VPCs per Region", default: 5 };

    #[test]
    fn the_default_holds_until_another_limit_is_set() {
        let quotas = Quotas::default();
        assert_eq!(quotas.check(&VPCS, 4, 1), Ok(()));
        assert_eq!(quotas.check(&VPCS, 5, 1), Err(QuotaExceeded { quota: VPCS, limit: 5 }));
        let quotas = Quotas::new(BTreeMap::from([("L-F678F1CE".to_owned(), 6)]));
        assert_eq!(quotas.check(&VPCS, 5, 1), Ok(()));
        assert!(quotas.check(&VPCS, u64::MAX, 1).is_err());
    }
}
