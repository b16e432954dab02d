//! ARNs of Elastic Load Balancing: each holds the one of what it belongs to.
//!
//! ```text
//! loadbalancer/app/NAME/ID    listener/app/NAME/ID/LISTENER    listener-rule/app/NAME/ID/LISTENER/RULE
//! targetgroup/NAME/ID
//! ```

use freehold_core::Arn;

pub const SERVICE: &str = "elasticloadbalancing";

/// Sixteen hexadecimal digits, which tell apart what has or had the same name.
pub fn new_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// What an ARN of ours is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    LoadBalancer,
    Listener,
    Rule,
    TargetGroup,
}

impl Kind {
    /// The kind by the ARN's form; `None` for what is no ARN of ours.
    pub fn of(arn: &str) -> Option<Self> {
        let arn: Arn = arn.parse().ok()?;
        let parts: Vec<&str> = arn.resource.split('/').collect();
        match (arn.service.as_str(), &*parts) {
            (SERVICE, ["loadbalancer", _, _, _]) => Some(Self::LoadBalancer),
            (SERVICE, ["listener", _, _, _, _]) => Some(Self::Listener),
            (SERVICE, ["listener-rule", _, _, _, _, _]) => Some(Self::Rule),
            (SERVICE, ["targetgroup", _, _]) => Some(Self::TargetGroup),
            _ => None,
        }
    }
}

/// A listener's ARN under its balancer's.
pub fn listener(balancer: &str, id: &str) -> String {
    format!("{}/{id}", balancer.replacen(":loadbalancer/", ":listener/", 1))
}

/// A rule's ARN under its listener's.
pub fn rule(listener: &str, id: &str) -> String {
    format!("{}/{id}", listener.replacen(":listener/", ":listener-rule/", 1))
}

/// The listener that a rule's ARN belongs to.
pub fn listener_of(rule: &str) -> Option<String> {
    let (rest, _) = rule.rsplit_once('/')?;
    rest.contains(":listener-rule/").then(|| rest.replacen(":listener-rule/", ":listener/", 1))
}

/// What logs, metrics and the node call it: `app/NAME/ID` or `targetgroup/NAME/ID`.
pub fn short(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    resource.strip_prefix("loadbalancer/").unwrap_or(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";

    #[test]
    fn each_arn_holds_the_one_above() {
        let listener = listener(BALANCER, "f2f7dc8efc522ab2");
        let rule = rule(&listener, "9683b2d02a6cabee");
        assert!(rule.ends_with(":listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"), "{rule}");
        assert_eq!(listener_of(&rule).as_deref(), Some(&*listener));
        assert_eq!(listener_of(&listener), None);
        for (arn, kind) in [(BALANCER, Kind::LoadBalancer), (&listener, Kind::Listener), (&rule, Kind::Rule)] {
            assert_eq!(Kind::of(arn), Some(kind));
        }
        assert_eq!(Kind::of("arn:aws:sns:us-east-1:111122223333:loadbalancer/app/web/5"), None);
    }

    #[test]
    fn short_names_are_those_of_metrics() {
        assert_eq!(short(BALANCER), "app/web/50dc6c495c0c9188");
        let group = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/t/73e2d6bc24d8a067";
        assert_eq!(short(group), "targetgroup/t/73e2d6bc24d8a067");
    }
}
