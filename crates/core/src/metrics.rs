//! Measurements on their way to CloudWatch from services that do not know it: instances, balancers and groups are
//! measured by whoever keeps them.

use jiff::Timestamp;

/// What takes measurements. Taking one neither waits nor fails: a measurement that is lost is a gap in a graph.
pub trait Metrics: Send + Sync + 'static {
    fn record(&self, account: &str, data: Vec<Datum>);
}

/// One measurement, or several of one moment taken together (*StatisticSet*).
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// `AWS/EC2`
    pub namespace: &'static str,
    /// `CPUUtilization`
    pub name: &'static str,
    /// `[("InstanceId", "i-…")]`
    pub dimensions: Vec<(&'static str, String)>,
    pub at: Timestamp,
    /// How often it was measured, and the sum, the least and the most of what was measured.
    pub count: f64,
    pub sum: f64,
    pub minimum: f64,
    pub maximum: f64,
    /// `Percent`, `Bytes`, `Count`, `Seconds`, `None`
    pub unit: &'static str,
}

impl Datum {
    /// A single measurement.
    pub fn one(
        namespace: &'static str,
        name: &'static str,
        dimensions: Vec<(&'static str, String)>,
        at: Timestamp,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self { namespace, name, dimensions, at, count: 1.0, sum: value, minimum: value, maximum: value, unit }
    }
}

/// Where nobody listens.
pub struct Unheard;

impl Metrics for Unheard {
    fn record(&self, _: &str, _: Vec<Datum>) {}
}
