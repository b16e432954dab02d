//! Metric filters: measurements made of events as they come.

use std::collections::{BTreeMap, HashMap};

use freehold_api::cloudwatch::{Dimension, MetricDatum};
use jiff::Timestamp;

use crate::events::NewEvent;
use crate::model::{Group, MetricFilter};
use crate::pattern::Pattern;

/// Characters of a dimension's value (*CloudWatch API reference, Dimension*).
const DIMENSION_CHARACTERS: usize = 1024;
/// Filters that are remembered; beyond that some measure their default twice in a minute.
const KNOWN: usize = 10_000;

/// Measurements for a namespace.
#[derive(Debug, PartialEq)]
pub(crate) struct Measured {
    pub namespace: String,
    pub data: Vec<MetricDatum>,
}

/// The latest minute in which each filter measured something. Nothing is lost with it but an exact count of defaults.
#[derive(Debug, Default)]
pub(crate) struct Minutes(HashMap<(i64, String), i64>);

/// Measurements of one kind: the second, the dimensions, and the value's bits.
type Key = (i64, Vec<(String, String)>, u64);

/// What a group's filters measure of events that come now.
pub(crate) fn apply(group: &Group, events: &[NewEvent], minutes: &mut Minutes) -> Vec<Measured> {
    let mut all = Vec::new();
    for (name, filter) in &group.metric_filters {
        // It was parsed when it was put.
        let Ok(pattern) = Pattern::parse(&filter.pattern) else { continue };
        let mut counted: BTreeMap<Key, f64> = BTreeMap::new();
        let mut silent = Vec::new();
        let mut latest = None;
        for event in events {
            let minute = event.place.at.div_euclid(60_000);
            if !pattern.matches(&event.message) {
                silent.push((minute, event.place.at));
                continue;
            }
            latest = latest.max(Some(minute));
            if let Some((dimensions, value)) = measure(filter, &pattern, &event.message) {
                *counted.entry((event.place.at.div_euclid(1000), dimensions, value.to_bits())).or_default() += 1.0;
            }
        }
        let seen = minutes.of(group.number, name);
        *seen = (*seen).max(latest.unwrap_or(i64::MIN));
        if let Some(default) = filter.default {
            for (minute, at) in silent {
                if minute > *seen {
                    *seen = minute;
                    counted.insert((at.div_euclid(1000), Vec::new(), default.to_bits()), 1.0);
                }
            }
        }
        let data: Vec<_> = counted.into_iter().map(|(key, count)| datum(filter, key, count)).collect();
        if !data.is_empty() {
            all.push(Measured { namespace: filter.namespace.clone(), data });
        }
    }
    all
}

/// The dimensions and the value of an event that is meant. Where the value is not there, nothing is measured.
fn measure(filter: &MetricFilter, pattern: &Pattern, message: &str) -> Option<(Vec<(String, String)>, f64)> {
    let value = match filter.value.starts_with('$') {
        true => pattern.value(message, &filter.value)?.parse().ok()?,
        false => filter.value.parse::<f64>().ok()?,
    };
    let dimensions = filter.dimensions.iter().filter_map(|(name, selector)| {
        let found = pattern.value(message, selector).filter(|value| is_dimension(value))?;
        Some((name.clone(), found))
    });
    value.is_finite().then(|| (dimensions.collect(), value))
}

fn is_dimension(value: &str) -> bool {
    !value.trim().is_empty() && value.chars().count() <= DIMENSION_CHARACTERS && value.is_ascii()
}

fn datum(filter: &MetricFilter, (second, dimensions, value): Key, count: f64) -> MetricDatum {
    let dimension = |(name, value)| Dimension { name: Some(name), value: Some(value) };
    MetricDatum {
        metric_name: Some(filter.metric.clone()),
        dimensions: Some(dimensions.into_iter().map(dimension).collect()),
        timestamp: Timestamp::from_second(second).ok(),
        values: Some(vec![f64::from_bits(value)]),
        counts: Some(vec![count]),
        unit: filter.unit.clone(),
        ..Default::default()
    }
}

impl Minutes {
    fn of(&mut self, group: i64, filter: &str) -> &mut i64 {
        if self.0.len() >= KNOWN {
            self.0.clear();
        }
        self.0.entry((group, filter.to_owned())).or_insert(i64::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Place;
    use crate::model::Class;

    const START: i64 = 1_700_000_040_000;

    fn group(filter: MetricFilter) -> Group {
        Group {
            id: "1/g".into(),
            number: 1,
            account: "1".into(),
            name: "g".into(),
            created: Timestamp::UNIX_EPOCH,
            class: Class::Standard,
            retention_days: None,
            is_protected: false,
            tags: BTreeMap::new(),
            metric_filters: [("f".to_owned(), filter)].into(),
            subscriptions: BTreeMap::new(),
        }
    }

    fn filter(pattern: &str, value: &str, default: Option<f64>, dimensions: &[(&str, &str)]) -> MetricFilter {
        let own = |(name, selector): &(&str, &str)| ((*name).to_owned(), (*selector).to_owned());
        MetricFilter {
            pattern: pattern.into(),
            created: Timestamp::UNIX_EPOCH,
            namespace: "App".into(),
            metric: "M".into(),
            value: value.into(),
            default,
            dimensions: dimensions.iter().map(own).collect(),
            unit: None,
        }
    }

    /// Values, counts and how many dimensions.
    fn measured(group: &Group, events: &[(i64, &str)], minutes: &mut Minutes) -> Vec<(f64, f64, usize)> {
        let event = |(at, message): &(i64, &str)| NewEvent {
            place: Place { at: START + at, number: 1 },
            message: (*message).to_owned(),
        };
        let events: Vec<_> = events.iter().map(event).collect();
        let data = apply(group, &events, minutes).into_iter().flat_map(|measured| measured.data);
        data.map(|datum| {
            let first = |values: Option<Vec<f64>>| values.unwrap_or_default()[0];
            (first(datum.values), first(datum.counts), datum.dimensions.unwrap_or_default().len())
        })
        .collect()
    }

    #[test]
    fn equal_values_of_a_second_are_counted_together() {
        let group = group(filter("ERROR", "1", None, &[]));
        let events = [(0, "ERROR"), (1, "ERROR"), (2, "ok"), (5000, "ERROR")];
        assert_eq!(measured(&group, &events, &mut Minutes::default()), [(1.0, 2.0, 0), (1.0, 1.0, 0)]);
    }

    #[test]
    fn a_default_is_measured_once_in_a_minute_without_a_match() {
        let group = group(filter("ERROR", "1", Some(0.0), &[]));
        let minutes = &mut Minutes::default();
        assert_eq!(measured(&group, &[(0, "ok"), (1, "ok")], minutes), [(0.0, 1.0, 0)]);
        assert!(measured(&group, &[(2, "ok")], minutes).is_empty());
        assert_eq!(measured(&group, &[(60_000, "ok"), (60_001, "ERROR")], minutes), [(1.0, 1.0, 0)]);
        assert!(measured(&group, &[(60_002, "ok")], minutes).is_empty());
    }

    #[test]
    fn values_and_dimensions_are_taken_from_the_event() {
        let group = group(filter("{ $.took > 0 }", "$.took", None, &[("Host", "$.host")]));
        let events = [(0, r#"{"took": 2.5, "host": "a"}"#), (0, r#"{"took": 3}"#), (0, "no")];
        assert_eq!(measured(&group, &events, &mut Minutes::default()), [(3.0, 1.0, 0), (2.5, 1.0, 1)]);
    }
}
