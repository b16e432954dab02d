//! Measurements of instances (*EC2 user guide, CloudWatch metrics that are available for your instances*).

use freehold_core::metrics::Datum;
use jiff::Timestamp;

use super::Sample;
use crate::model::Instance;

const NAMESPACE: &str = "AWS/EC2";
/// Which Auto Scaling marks its instances with.
const GROUP_TAG: &str = "aws:autoscaling:groupName";

type Dimensions = Vec<(&'static str, String)>;
type Value = fn(&Sample) -> f64;

/// Each a metric with its unit.
const METRICS: [(&str, &str, Value); 9] = [
    ("CPUUtilization", "Percent", |s| s.cpu_percent),
    ("NetworkIn", "Bytes", |s| s.network.bytes_in as f64),
    ("NetworkOut", "Bytes", |s| s.network.bytes_out as f64),
    ("NetworkPacketsIn", "Count", |s| s.network.packets_in as f64),
    ("NetworkPacketsOut", "Count", |s| s.network.packets_out as f64),
    ("EBSReadBytes", "Bytes", |s| s.disk.bytes_read as f64),
    ("EBSWriteBytes", "Bytes", |s| s.disk.bytes_written as f64),
    ("EBSReadOps", "Count", |s| s.disk.reads as f64),
    ("EBSWriteOps", "Count", |s| s.disk.writes as f64),
];

/// The samples of one period together.
pub fn usage(instance: &Instance, samples: &[Sample], at: Timestamp) -> Vec<Datum> {
    let mut data = Vec::new();
    for (name, unit, value) in METRICS {
        let values: Vec<f64> = samples.iter().map(value).collect();
        let Some(first) = values.first().copied() else { continue };
        for dimensions in dimensions(instance) {
            data.push(Datum {
                namespace: NAMESPACE,
                name,
                dimensions,
                at,
                count: values.len() as f64,
                sum: values.iter().sum(),
                minimum: values.iter().copied().fold(first, f64::min),
                maximum: values.iter().copied().fold(first, f64::max),
                unit,
            });
        }
    }
    data
}

/// Status checks, told each minute whatever the monitoring. Whatever is wrong here is wrong with the instance's own
/// machine: a host that fails tells nobody anything.
pub fn status(instance: &Instance, is_well: bool, at: Timestamp) -> Vec<Datum> {
    let failed = if is_well { 0.0 } else { 1.0 };
    let checks = [
        ("StatusCheckFailed", failed),
        ("StatusCheckFailed_Instance", failed),
        ("StatusCheckFailed_System", 0.0),
        ("StatusCheckFailed_AttachedEBS", 0.0),
    ];
    let own = vec![("InstanceId", instance.id.clone())];
    let mut by = vec![own];
    by.extend(group(instance).map(|group| vec![group]));
    let told = by.into_iter().flat_map(|dimensions| checks.map(|(name, value)| (name, value, dimensions.clone())));
    told.map(|(name, value, dimensions)| Datum::one(NAMESPACE, name, dimensions, at, value, "Count")).collect()
}

/// By instance and by group; those with detailed monitoring by image and type, and all together, too.
fn dimensions(instance: &Instance) -> Vec<Dimensions> {
    let mut by = vec![vec![("InstanceId", instance.id.clone())]];
    by.extend(group(instance).map(|group| vec![group]));
    if instance.monitoring {
        by.push(vec![("ImageId", instance.image.clone())]);
        by.push(vec![("InstanceType", instance.instance_type.clone())]);
        by.push(Vec::new());
    }
    by
}

fn group(instance: &Instance) -> Option<(&'static str, String)> {
    instance.tags.get(GROUP_TAG).map(|group| ("AutoScalingGroupName", group.to_owned()))
}
