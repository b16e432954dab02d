//! What the group grows and shrinks by: a metric that the application reports itself, two alarms, two policies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use freehold_client::{Api, Client};

use super::made::Made;
use super::traffic::Traffic;
use crate::demo::screen::Screen;

const NAMESPACE: &str = "FreeholdDemo";
const METRIC: &str = "RequestsPerServer";
/// Requests a second for each server above which one more is wanted, and below which one less.
const MUCH: &str = "80";
const LITTLE: &str = "30";
/// How often the metric is reported; alarms look at it in periods of ten seconds, which is the shortest that they have.
const REPORT: Duration = Duration::from_secs(2);

/// Reports until it is dropped.
pub struct Pressure {
    task: tokio::task::JoinHandle<()>,
}

impl Pressure {
    pub async fn start(made: &mut Made, traffic: &Traffic, screen: &Screen) -> Result<Self> {
        let name = made.name.clone();
        let by_hand = format!(
            "aws autoscaling put-scaling-policy --auto-scaling-group-name {name} --policy-name grow --policy-type StepScaling \
             --adjustment-type ChangeInCapacity --step-adjustments MetricIntervalLowerBound=0,ScalingAdjustment=1\n\
             aws cloudwatch put-metric-alarm --alarm-name {name}-grow --namespace {NAMESPACE} --metric-name {METRIC} \
             --statistic Average --period 10 --evaluation-periods 1 --threshold {MUCH} \
             --comparison-operator GreaterThanThreshold --alarm-actions $policy\n\
             # and the same once more to shrink"
        );
        screen
            .step("Let the group follow its load: alarms on a metric, policies on the alarms", &by_hand, async {
                for rule in [Rule::GROW, Rule::SHRINK] {
                    rule.put(made).await?;
                }
                let outcome =
                    format!("one more above {MUCH} requests a second for each server, one less below {LITTLE}");
                Ok(((), outcome))
            })
            .await?;
        let task = tokio::spawn(report(made.client().clone(), name, traffic.watch()));
        Ok(Self { task })
    }
}

impl Drop for Pressure {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An alarm and what it sets off.
struct Rule {
    name: &'static str,
    adjustment: &'static str,
    /// Which side of the alarm's threshold the step is for.
    bound: &'static str,
    comparison: &'static str,
    threshold: &'static str,
}

impl Rule {
    const GROW: Self = Self {
        name: "grow",
        adjustment: "1",
        bound: "StepAdjustments.member.1.MetricIntervalLowerBound",
        comparison: "GreaterThanThreshold",
        threshold: MUCH,
    };
    const SHRINK: Self = Self {
        name: "shrink",
        adjustment: "-1",
        bound: "StepAdjustments.member.1.MetricIntervalUpperBound",
        comparison: "LessThanThreshold",
        threshold: LITTLE,
    };

    async fn put(&self, made: &mut Made) -> Result<()> {
        let asked = [
            ("AutoScalingGroupName", made.name.as_str()),
            ("PolicyName", self.name),
            ("PolicyType", "StepScaling"),
            ("AdjustmentType", "ChangeInCapacity"),
            ("EstimatedInstanceWarmup", "5"),
            ("StepAdjustments.member.1.ScalingAdjustment", self.adjustment),
            (self.bound, "0"),
        ];
        let answer = made.call(Api::AUTO_SCALING, "PutScalingPolicy", &asked).await?;
        let policy = answer.value("PolicyARN")?;
        let alarm = format!("{}-{}", made.name, self.name);
        let asked = [
            ("AlarmName", alarm.as_str()),
            ("Namespace", NAMESPACE),
            ("MetricName", METRIC),
            ("Dimensions.member.1.Name", "AutoScalingGroupName"),
            ("Dimensions.member.1.Value", &made.name),
            ("Statistic", "Average"),
            ("Period", "10"),
            ("EvaluationPeriods", "1"),
            ("Threshold", self.threshold),
            ("ComparisonOperator", self.comparison),
            ("AlarmActions.member.1", policy),
        ];
        made.call(Api::CLOUD_WATCH, "PutMetricAlarm", &asked).await?;
        made.alarms.push(alarm);
        Ok(())
    }
}

/// Reports how many requests a second each server got.
async fn report(client: Client, group: String, answered: Arc<AtomicU64>) {
    let failed = AtomicBool::new(false);
    let mut before = answered.load(Ordering::Relaxed);
    let mut ticks = tokio::time::interval(REPORT);
    // The first tick comes at once.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let now = answered.load(Ordering::Relaxed);
        let rate = (now - before) as f64 / REPORT.as_secs_f64();
        before = now;
        if let Err(error) = put(&client, &group, rate).await
            && !failed.swap(true, Ordering::Relaxed)
        {
            crate::terminal::note(&format!("the load cannot be reported: {error:#}"));
        }
    }
}

async fn put(client: &Client, group: &str, rate: f64) -> Result<()> {
    let asked = [("AutoScalingGroupNames.member.1", group)];
    let answer = client.call(Api::AUTO_SCALING, "DescribeAutoScalingGroups", &asked).await?;
    let found = answer.items("AutoScalingGroups").first().context("the group is gone")?;
    let serving = found
        .items("Instances")
        .iter()
        .filter(|instance| instance.value("LifecycleState").is_ok_and(|state| state == "InService"));
    let value = (rate / serving.count().max(1) as f64).to_string();
    let asked = [
        ("Namespace", NAMESPACE),
        ("MetricData.member.1.MetricName", METRIC),
        ("MetricData.member.1.Dimensions.member.1.Name", "AutoScalingGroupName"),
        ("MetricData.member.1.Dimensions.member.1.Value", group),
        ("MetricData.member.1.Value", &value),
        ("MetricData.member.1.StorageResolution", "1"),
    ];
    client.call(Api::CLOUD_WATCH, "PutMetricData", &asked).await.map(drop)
}
