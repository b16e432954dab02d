//! Measurements of the region's own services.

use std::sync::Arc;

use freehold_core::metrics::{Datum, Metrics};

use crate::CloudWatch;
use crate::series::{Measurement, MetricId};
use crate::statistics::Aggregate;

/// Kept by the second, so that alarms of ten seconds work on them.
const RESOLUTION: i64 = 1;

impl Metrics for CloudWatch {
    fn record(&self, account: &str, data: Vec<Datum>) {
        let measurements = data.into_iter().filter(is_sound).map(|datum| measurement(account, datum)).collect();
        self.series.write_soon(measurements);
    }
}

/// What is no number would spoil all that it is added to.
fn is_sound(datum: &Datum) -> bool {
    let Datum { count, sum, minimum, maximum, .. } = datum;
    [count, sum, minimum, maximum].iter().all(|number| number.is_finite()) && *count > 0.0
}

fn measurement(account: &str, datum: Datum) -> Measurement {
    let dimensions = datum.dimensions.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Measurement {
        metric: Arc::new(MetricId::new(account, datum.namespace, datum.name, dimensions)),
        at: datum.at.as_second(),
        resolution: RESOLUTION,
        unit: datum.unit.to_owned(),
        aggregate: Aggregate::set(datum.count, datum.sum, datum.minimum, datum.maximum),
    }
}
