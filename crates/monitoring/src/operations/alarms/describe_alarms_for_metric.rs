//! DescribeAlarmsForMetric: alarms of this one metric, with these dimensions and no others.

use std::sync::Arc;

use freehold_api::cloudwatch::{DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput};
use freehold_wire::Call;

use super::view;
use crate::CloudWatch;
use crate::errors::Error;
use crate::model::{Measure, from_dimensions};
use crate::series::MetricId;
use crate::statistics::Statistic;

pub(super) async fn describe_alarms_for_metric(
    state: Arc<CloudWatch>,
    call: Call,
    input: DescribeAlarmsForMetricInput,
) -> Result<DescribeAlarmsForMetricOutput, freehold_wire::Error> {
    let statistic = match (input.statistic, input.extended_statistic) {
        (Some(_), Some(_)) => {
            let message = "Statistic and ExtendedStatistic must not be specified together.";
            return Err(Error::Validation(message.into()).into());
        }
        (None, Some(name)) if Statistic::extended(&name).is_none() => {
            let message = format!("The value {name} for parameter ExtendedStatistic is not supported.");
            return Err(Error::Validation(message).into());
        }
        (simple, extended) => simple.or(extended),
    };
    let metric = MetricId::new(
        call.account(),
        &input.namespace.unwrap_or_default(),
        &input.metric_name.unwrap_or_default(),
        from_dimensions(input.dimensions)?,
    );
    let is_wanted = |measure: &Measure| {
        measure.metric(call.account()) == metric
            && statistic.as_ref().is_none_or(|statistic| *statistic == measure.statistic)
            && input.period.is_none_or(|period| i64::from(period) == measure.period)
            && (input.unit.is_none() || input.unit == measure.unit)
    };
    let alarms = state.book.of(call.account());
    let shown = alarms.iter().filter_map(|alarm| {
        let rule = alarm.metric_rule()?;
        rule.measure().is_some_and(is_wanted).then(|| view::metric_alarm(alarm, rule))
    });
    Ok(DescribeAlarmsForMetricOutput { metric_alarms: Some(shown.collect()) })
}
