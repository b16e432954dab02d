//! What a group launches its instances from.

use serde::{Deserialize, Serialize};

use super::Market;

/// A launch template as a group names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TemplateRef {
    pub id: String,
    pub name: String,
    /// A number, `$Latest`, `$Default`; nothing is `$Default`.
    pub version: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LaunchSource {
    Template(TemplateRef),
    /// A launch configuration's name.
    Configuration(String),
    Mixed(MixedPolicy),
}

/// *API reference, MixedInstancesPolicy*
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MixedPolicy {
    pub template: TemplateRef,
    /// In the order of preference.
    pub overrides: Vec<Override>,
    pub on_demand_base: u32,
    /// 0 to 100, of what is above the base.
    pub on_demand_percentage: u32,
    pub on_demand_strategy: String,
    pub spot_strategy: String,
    pub spot_pools: Option<u32>,
    pub spot_max_price: Option<String>,
}

/// What an instance has instead of what the template says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Override {
    pub instance_type: Option<String>,
    pub image: Option<String>,
    pub template: Option<TemplateRef>,
    /// How much of the desired capacity one instance is; 1 where nothing is said.
    pub weight: Option<u32>,
}

/// What one instance is launched from: noted before it is launched, so that a second attempt asks for the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Resolved {
    Template {
        template: TemplateRef,
        /// The number that the version stood for.
        number: String,
        instance_type: Option<String>,
        image: Option<String>,
    },
    Configuration(String),
    /// Attached, not launched.
    Nothing,
}

impl LaunchSource {
    /// The choices for one instance, the preferred one first: the template and what overrides it.
    pub fn choices(&self) -> Vec<Override> {
        match self {
            Self::Mixed(policy) if !policy.overrides.is_empty() => policy.overrides.clone(),
            _ => vec![Override::default()],
        }
    }

    /// The template of a choice.
    pub fn template<'a>(&'a self, choice: &'a Override) -> Option<&'a TemplateRef> {
        match self {
            Self::Template(template) => Some(template),
            Self::Mixed(policy) => Some(choice.template.as_ref().unwrap_or(&policy.template)),
            Self::Configuration(_) => None,
        }
    }

    pub fn has_weights(&self) -> bool {
        matches!(self, Self::Mixed(policy) if policy.overrides.iter().any(|one| one.weight.is_some()))
    }

    /// The weight of the instances of a type.
    pub fn weight(&self, instance_type: &str) -> u32 {
        let Self::Mixed(policy) = self else { return 1 };
        let own = policy.overrides.iter().find(|one| one.instance_type.as_deref() == Some(instance_type));
        own.and_then(|one| one.weight).unwrap_or(1)
    }
}

impl MixedPolicy {
    /// How the next instance is bought, where so much capacity is On-Demand already and so much there will be in all.
    pub fn market(&self, on_demand: u32, total: u32) -> Market {
        if u64::from(on_demand) < self.on_demand_of(total) { Market::OnDemand } else { Market::Spot }
    }

    /// How much of that capacity is On-Demand.
    pub fn on_demand_of(&self, total: u32) -> u64 {
        let above = total.saturating_sub(self.on_demand_base);
        let share = (u64::from(above) * u64::from(self.on_demand_percentage)).div_ceil(100);
        u64::from(self.on_demand_base.min(total)) + share
    }

    /// Whether some instances would be Spot ones.
    pub fn has_spot(&self) -> bool {
        self.on_demand_percentage < 100
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(on_demand_base: u32, on_demand_percentage: u32) -> MixedPolicy {
        MixedPolicy {
            template: TemplateRef { id: "lt-1".into(), name: "t".into(), version: None },
            overrides: Vec::new(),
            on_demand_base,
            on_demand_percentage,
            on_demand_strategy: "prioritized".into(),
            spot_strategy: "lowest-price".into(),
            spot_pools: None,
            spot_max_price: None,
        }
    }

    #[test]
    fn the_base_is_bought_on_demand_and_the_rest_by_share() {
        let bought = |policy: &MixedPolicy, total: u32| {
            let mut on_demand = 0;
            for _ in 0..total {
                on_demand += u32::from(policy.market(on_demand, total) == Market::OnDemand);
            }
            on_demand
        };
        assert_eq!(bought(&policy(2, 50), 10), 6);
        assert_eq!(bought(&policy(0, 0), 3), 0);
        assert_eq!(bought(&policy(5, 0), 3), 3);
        assert_eq!(bought(&policy(0, 100), 3), 3);
        assert_eq!(bought(&policy(0, 50), 3), 2);
    }
}
