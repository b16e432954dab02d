//! CPU credits: earned by time, used by CPUs (*EC2 user guide, Earn and spend CPU credits*).

use freehold_core::metrics::Datum;
use jiff::Timestamp;

use crate::catalogue::{InstanceType, Tenure};
use crate::model::CpuCredits;

/// *T2 instances receive 30 launch credits per vCPU at launch.*
const LAUNCH_CREDITS_PER_VCPU: f64 = 30.0;
/// What is not used is kept as long as it takes to earn it in a day.
const KEPT_HOURS: f64 = 24.0;

/// How an instance of a type earns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    pub per_hour: f64,
    /// That a new instance begins with.
    pub at_launch: f64,
    pub is_unlimited: bool,
}

impl Terms {
    /// `None` for types that do not burst.
    pub fn of(kind: &InstanceType, specification: Option<&str>) -> Option<Self> {
        let Tenure::Burstable(millis) = kind.tenure() else { return None };
        let vcpus = f64::from(kind.vcpus);
        let at_launch = if kind.family() == "t2" { LAUNCH_CREDITS_PER_VCPU * vcpus } else { 0.0 };
        let is_unlimited = specification == Some("unlimited");
        Some(Self { per_hour: vcpus * f64::from(millis) / 1000.0 * 60.0, at_launch, is_unlimited })
    }

    fn most(&self) -> f64 {
        self.per_hour * KEPT_HOURS
    }

    /// Of an instance that begins now.
    pub fn begin(&self, id: &str, account: &str, at: Timestamp) -> CpuCredits {
        CpuCredits { id: id.to_owned(), account: account.to_owned(), balance: self.at_launch, surplus: 0.0, at }
    }

    /// After `minutes` in which `used` was used. What is earned pays off a surplus first.
    pub fn settle(&self, credits: &CpuCredits, minutes: f64, used: f64, at: Timestamp) -> CpuCredits {
        let earned = self.per_hour / 60.0 * minutes;
        let left = credits.balance - credits.surplus + earned - used;
        let surplus = if self.is_unlimited { (-left).clamp(0.0, self.most()) } else { 0.0 };
        CpuCredits { balance: left.clamp(0.0, self.most()), surplus, at, ..credits.clone() }
    }
}

/// What CloudWatch is told of them, every five minutes.
pub fn data(terms: &Terms, credits: &CpuCredits, used: f64, at: Timestamp) -> Vec<Datum> {
    let one = |name, value| {
        let dimensions = vec![("InstanceId", credits.id.clone())];
        Datum::one("AWS/EC2", name, dimensions, at, value, "Count")
    };
    let mut data = vec![one("CPUCreditUsage", used), one("CPUCreditBalance", credits.balance)];
    if terms.is_unlimited {
        data.push(one("CPUSurplusCreditBalance", credits.surplus));
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::find;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn terms(name: &str, specification: &str) -> Terms {
        Terms::of(&find(name).unwrap(), Some(specification)).unwrap()
    }

    #[test]
    fn types_earn_what_the_table_says() {
        for (name, per_hour, at_launch) in [("t3.micro", 12.0, 0.0), ("t2.micro", 6.0, 30.0), ("t3.large", 36.0, 0.0)] {
            let terms = terms(name, "standard");
            assert_eq!((terms.per_hour, terms.at_launch), (per_hour, at_launch), "{name}");
        }
        assert_eq!(Terms::of(&find("m5.large").unwrap(), None), None);
    }

    #[test]
    fn an_idle_instance_keeps_what_it_earns_in_a_day() {
        let terms = terms("t3.micro", "standard");
        let mut credits = terms.begin("i-1", "111122223333", AT);
        for _ in 0..3 * 24 {
            credits = terms.settle(&credits, 60.0, 0.0, AT);
        }
        assert_eq!(credits.balance, 288.0);
    }

    #[test]
    fn only_an_unlimited_instance_uses_what_it_has_not() {
        let standard = terms("t3.micro", "standard");
        let begun = standard.begin("i-1", "111122223333", AT);
        let spent = standard.settle(&begun, 5.0, 10.0, AT);
        assert_eq!((spent.balance, spent.surplus), (0.0, 0.0));
        let unlimited = terms("t3.micro", "unlimited");
        let spent = unlimited.settle(&begun, 5.0, 10.0, AT);
        assert_eq!((spent.balance, spent.surplus), (0.0, 9.0));
        let paid = unlimited.settle(&spent, 60.0, 0.0, AT);
        assert_eq!((paid.balance, paid.surplus), (3.0, 0.0));
    }
}
