//! Alarms of policies that track a target (*User guide, Target tracking: CloudWatch alarms*).

use freehold_api::cloudwatch::{
    DeleteAlarmsInput, DescribeAlarmsInput, Dimension, Metric, MetricDataQuery, MetricStat, PutMetricAlarmInput, op,
};
use freehold_wire::Error;

use super::World;
use crate::model::{Query, TrackedMetric, Tracking};

/// Which of the two alarms of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    High,
    Low,
}

/// Datapoints in a row above the target, or below the lower threshold, before the alarm speaks.
const HIGH_PERIODS: i32 = 3;
const LOW_PERIODS: i32 = 15;
/// The lower threshold is so much of the target, so that a metric at its target does not swing.
const LOW_SHARE: f64 = 0.9;
/// Seconds.
const PERIOD: i32 = 60;

/// `TargetTracking-GROUP-AlarmHigh-UUID`
pub(crate) fn name(group: &str, alarm: Alarm, id: &str) -> String {
    let which = match alarm {
        Alarm::High => "AlarmHigh",
        Alarm::Low => "AlarmLow",
    };
    format!("TargetTracking-{group}-{which}-{id}")
}

/// The alarm, as CloudWatch is asked for it.
fn input(group: &str, name: &str, alarm: Alarm, tracking: &Tracking, policy: &str) -> PutMetricAlarmInput {
    let (periods, comparison, threshold) = match alarm {
        Alarm::High => (HIGH_PERIODS, "GreaterThanThreshold", tracking.target),
        Alarm::Low => (LOW_PERIODS, "LessThanThreshold", tracking.target * LOW_SHARE),
    };
    let common = PutMetricAlarmInput {
        alarm_name: Some(name.to_owned()),
        alarm_description: Some(format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy}.")),
        actions_enabled: Some(true),
        alarm_actions: Some(vec![policy.to_owned()]),
        evaluation_periods: Some(periods),
        comparison_operator: Some(comparison.to_owned()),
        threshold: Some(threshold),
        ..Default::default()
    };
    match &tracking.metric {
        TrackedMetric::Predefined { kind, label } => {
            let (namespace, metric, statistic, dimensions) = predefined(group, kind, label.as_deref());
            PutMetricAlarmInput {
                namespace: Some(namespace.to_owned()),
                metric_name: Some(metric.to_owned()),
                statistic: Some(statistic.to_owned()),
                dimensions: Some(dimensions),
                period: Some(PERIOD),
                ..common
            }
        }
        TrackedMetric::Custom { name, namespace, dimensions, statistic, unit, period } => PutMetricAlarmInput {
            namespace: Some(namespace.clone()),
            metric_name: Some(name.clone()),
            statistic: Some(statistic.clone()),
            unit: unit.clone(),
            dimensions: Some(dimensions.iter().map(|(name, value)| dimension(name, value)).collect()),
            period: Some(period.unwrap_or(PERIOD)),
            ..common
        },
        TrackedMetric::Queries(queries) => {
            PutMetricAlarmInput { metrics: Some(queries.iter().map(query).collect()), ..common }
        }
    }
}

/// Namespace, name, statistic and dimensions of a predefined metric.
fn predefined(
    group: &str,
    kind: &str,
    label: Option<&str>,
) -> (&'static str, &'static str, &'static str, Vec<Dimension>) {
    let of_group = || vec![dimension("AutoScalingGroupName", group)];
    match kind {
        "ASGAverageNetworkIn" => ("AWS/EC2", "NetworkIn", "Average", of_group()),
        "ASGAverageNetworkOut" => ("AWS/EC2", "NetworkOut", "Average", of_group()),
        "ALBRequestCountPerTarget" => {
            // `app/NAME/ID/targetgroup/NAME/ID`
            let label = label.unwrap_or_default();
            let (balancer, target) = label.split_once("/targetgroup/").unwrap_or((label, ""));
            let dimensions =
                vec![dimension("TargetGroup", &format!("targetgroup/{target}")), dimension("LoadBalancer", balancer)];
            ("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", dimensions)
        }
        _ => ("AWS/EC2", "CPUUtilization", "Average", of_group()),
    }
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension { name: Some(name.to_owned()), value: Some(value.to_owned()) }
}

fn query(query: &Query) -> MetricDataQuery {
    let stat = query.stat.as_ref().map(|stat| MetricStat {
        metric: Some(Metric {
            namespace: Some(stat.namespace.clone()),
            metric_name: Some(stat.name.clone()),
            dimensions: Some(stat.dimensions.iter().map(|(name, value)| dimension(name, value)).collect()),
        }),
        period: Some(stat.period.or(query.period).unwrap_or(PERIOD)),
        stat: Some(stat.stat.clone()),
        unit: stat.unit.clone(),
    });
    MetricDataQuery {
        id: Some(query.id.clone()),
        metric_stat: stat,
        expression: query.expression.clone(),
        label: query.label.clone(),
        return_data: query.return_data,
        period: query.expression.as_ref().map(|_| query.period.unwrap_or(PERIOD)),
        ..Default::default()
    }
}

impl World {
    /// Makes an alarm that calls the policy, or makes it anew.
    pub async fn put_alarm(
        &self,
        account: &str,
        group: &str,
        name: &str,
        alarm: Alarm,
        tracking: &Tracking,
        policy: &str,
    ) -> Result<(), Error> {
        self.call::<op::PutMetricAlarm>(account, input(group, name, alarm, tracking, policy)).await.map(drop)
    }

    /// Alarms that are gone already are as they should be.
    pub async fn delete_alarms(&self, account: &str, names: &[String]) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let input = DeleteAlarmsInput { alarm_names: Some(names.to_vec()) };
        match self.call::<op::DeleteAlarms>(account, input).await {
            Err(error) if matches!(&*error.code, "ResourceNotFound" | "ResourceNotFoundException") => Ok(()),
            done => done.map(drop),
        }
    }

    /// What the alarm compares with.
    pub async fn threshold(&self, account: &str, name: &str) -> Result<Option<f64>, Error> {
        let input = DescribeAlarmsInput { alarm_names: Some(vec![name.to_owned()]), ..Default::default() };
        let found = self.call::<op::DescribeAlarms>(account, input).await?.metric_alarms.unwrap_or_default();
        Ok(found.into_iter().next().and_then(|alarm| alarm.threshold))
    }

    /// Names and ARNs of the alarms that call the policy.
    pub async fn alarms_of(&self, account: &str, policy: &str) -> Result<Vec<(String, String)>, Error> {
        let input = DescribeAlarmsInput { action_prefix: Some(policy.to_owned()), ..Default::default() };
        let found = self.call::<op::DescribeAlarms>(account, input).await?.metric_alarms.unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|alarm| (alarm.alarm_name.unwrap_or_default(), alarm.alarm_arn.unwrap_or_default()))
            .collect())
    }

    /// The first of the alarms that is in the state ALARM.
    pub async fn firing(&self, account: &str, names: &[String]) -> Result<Option<String>, Error> {
        if names.is_empty() {
            return Ok(None);
        }
        let input = DescribeAlarmsInput {
            alarm_names: Some(names.to_vec()),
            state_value: Some("ALARM".to_owned()),
            ..Default::default()
        };
        let found = self.call::<op::DescribeAlarms>(account, input).await?.metric_alarms.unwrap_or_default();
        Ok(found.into_iter().next().and_then(|alarm| alarm.alarm_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracking(metric: TrackedMetric) -> Tracking {
        Tracking { metric, target: 50.0, disable_scale_in: false, warmup: None }
    }

    #[test]
    fn the_alarms_are_as_the_guide_tells() {
        let cpu = tracking(TrackedMetric::Predefined { kind: "ASGAverageCPUUtilization".into(), label: None });
        let (high, low) = (input("g", "h", Alarm::High, &cpu, "arn"), input("g", "l", Alarm::Low, &cpu, "arn"));
        assert_eq!((high.threshold, high.evaluation_periods, high.period), (Some(50.0), Some(3), Some(60)));
        assert_eq!((low.threshold, low.evaluation_periods), (Some(45.0), Some(15)));
        assert_eq!(high.dimensions, Some(vec![dimension("AutoScalingGroupName", "g")]));
        assert_eq!(name("g", Alarm::Low, "x"), "TargetTracking-g-AlarmLow-x");
    }

    #[test]
    fn a_balancers_label_is_taken_apart() {
        let label = Some("app/web/50dc6c495c0c9188/targetgroup/blue/943f017f100becff".to_owned());
        let requests = tracking(TrackedMetric::Predefined { kind: "ALBRequestCountPerTarget".into(), label });
        let made = input("g", "h", Alarm::High, &requests, "arn");
        let expected = vec![
            dimension("TargetGroup", "targetgroup/blue/943f017f100becff"),
            dimension("LoadBalancer", "app/web/50dc6c495c0c9188"),
        ];
        assert_eq!((made.statistic.as_deref(), made.dimensions), (Some("Sum"), Some(expected)));
    }
}
