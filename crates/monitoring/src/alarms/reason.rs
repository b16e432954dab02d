//! Why an alarm is in its state, for people and for programs.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Datapoint, Verdict, Watch, iso_time};
use crate::model::{Measure, MetricRule, Missing, StateValue, Watched};

/// `Threshold Crossed: 1 out of the last 1 datapoints [95.0 (03/12/26 10:46:00)] was greater than the threshold (80.0) …`
pub(super) fn sentence(rule: &MetricRule, verdict: &Verdict, from: StateValue, to: StateValue) -> String {
    let Verdict { judged, filled, .. } = verdict;
    if to == StateValue::InsufficientData {
        let (noun, verb) = number(*filled, "datapoint");
        return format!("Insufficient Data: {filled} {noun} {verb} unknown.");
    }
    if judged.is_empty() {
        let (periods, _) = number(*filled, "period");
        let (noun, verb) = number(*filled, "missing datapoint");
        return format!(
            "Threshold Crossed: no datapoints were received for {filled} {periods} and {filled} {noun} {verb} treated as {}.",
            treated(rule.missing)
        );
    }
    let is_alarm = to == StateValue::Alarm;
    let told: Vec<&Datapoint> = judged.iter().filter(|point| point.is_breaching == is_alarm).collect();
    let shown: Vec<String> = told.iter().rev().map(|point| shown(point)).collect();
    let (_, verb) = number(told.len(), "datapoint");
    let not = if is_alarm { "" } else { "not " };
    let least =
        if is_alarm { rule.datapoints_to_alarm } else { rule.evaluation_periods - rule.datapoints_to_alarm + 1 };
    let (least_noun, _) = number(least as usize, "datapoint");
    format!(
        "Threshold Crossed: {} out of the last {} datapoints [{}] {verb} {not}{} the threshold ({:?}) (minimum {least} \
         {least_noun} for {} -> {} transition).",
        told.len(),
        rule.evaluation_periods,
        shown.join(", "),
        rule.comparison.words(),
        rule.threshold,
        from.name(),
        to.name(),
    )
}

/// What programs read: version 1.0 of AWS's.
pub(super) fn data(rule: &MetricRule, watch: &Watch, verdict: &Verdict, now: Timestamp) -> Value {
    let time = |at: i64| Timestamp::from_second(at).map(iso_time).unwrap_or_default();
    let recent: Vec<f64> = verdict.judged.iter().filter_map(|point| point.value).collect();
    let evaluated: Vec<Value> = verdict
        .judged
        .iter()
        .rev()
        .map(|point| json!({"timestamp": time(point.at), "sampleCount": point.sample_count, "value": point.value}))
        .collect();
    let mut data = json!({
        "version": "1.0",
        "queryDate": iso_time(now),
        "startDate": time(verdict.judged.first().map_or(watch.start, |point| point.at)),
        "period": watch.period,
        "recentDatapoints": recent,
        "threshold": rule.threshold,
        "evaluatedDatapoints": evaluated,
    });
    if let Watched::One(Measure { statistic, unit, .. }) = &rule.watched {
        data["statistic"] = json!(statistic);
        if let Some(unit) = unit {
            data["unit"] = json!(unit);
        }
    }
    data
}

/// Of a composite alarm: who led to it.
pub(super) fn composite(child: Option<(&str, StateValue, Timestamp)>, to: StateValue) -> String {
    match child {
        Some((arn, state, at)) => {
            let when = at.strftime("%A %d %B, %Y %H:%M:%S UTC");
            format!("{arn} transitioned to {} at {when}", state.name())
        }
        None => format!("The alarm rule is in state {}", to.name()),
    }
}

fn shown(point: &Datapoint) -> String {
    let when = Timestamp::from_second(point.at).map(|at| at.strftime("%d/%m/%y %H:%M:%S").to_string());
    format!("{:?} ({})", point.value.unwrap_or_default(), when.unwrap_or_default())
}

fn number(count: usize, noun: &str) -> (String, &'static str) {
    if count == 1 { (noun.to_owned(), "was") } else { (format!("{noun}s"), "were") }
}

fn treated(missing: Missing) -> &'static str {
    match missing {
        Missing::Breaching => "[Breaching]",
        Missing::NotBreaching => "[NonBreaching]",
        Missing::Ignore | Missing::Unknown => "[Missing]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Comparison;

    fn rule() -> MetricRule {
        let measure = Measure {
            namespace: "App".into(),
            name: "m".into(),
            dimensions: Vec::new(),
            period: 60,
            statistic: "Average".into(),
            unit: None,
        };
        MetricRule {
            watched: Watched::One(measure),
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            has_datapoints: false,
            threshold: 80.0,
            comparison: Comparison::Above,
            missing: Missing::Breaching,
            missing_text: None,
            low_samples: None,
        }
    }

    #[test]
    fn sentences_are_those_that_users_know() {
        let point =
            |at, value: f64| Datapoint { at, value: Some(value), sample_count: Some(1.0), is_breaching: value > 80.0 };
        let verdict =
            Verdict { state: None, judged: vec![point(1_607_020_000, 95.0), point(1_607_020_060, 96.5)], filled: 0 };
        let alarm = sentence(&rule(), &verdict, StateValue::Ok, StateValue::Alarm);
        assert_eq!(
            alarm,
            "Threshold Crossed: 2 out of the last 2 datapoints [96.5 (03/12/20 18:27:40), 95.0 (03/12/20 18:26:40)] were \
             greater than the threshold (80.0) (minimum 2 datapoints for OK -> ALARM transition)."
        );
        let nothing = Verdict { state: None, judged: Vec::new(), filled: 2 };
        assert_eq!(
            sentence(&rule(), &nothing, StateValue::Ok, StateValue::Alarm),
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."
        );
        assert_eq!(
            sentence(&rule(), &nothing, StateValue::Ok, StateValue::InsufficientData),
            "Insufficient Data: 2 datapoints were unknown."
        );
    }
}
