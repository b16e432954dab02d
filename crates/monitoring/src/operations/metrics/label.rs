//! Labels of results, with what is put in for `${…}` (*User guide, Using dynamic labels*).

use crate::errors::Error;
use crate::math::Series;
use crate::model::Measure;

/// Refuses a label with a name that there is no value for here.
pub(super) fn check(label: &str) -> Result<(), Error> {
    let mut rest = label;
    while let Some((_, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if value(name, "", None, &Series::default()).is_none() {
            return Err(Error::Validation(format!("Freehold does not have the dynamic label '{name}' yet.")));
        }
        rest = after;
    }
    Ok(())
}

pub(super) fn filled(label: Option<&str>, default: &str, measure: Option<&Measure>, series: &Series) -> String {
    let Some(label) = label.filter(|label| !label.is_empty()) else { return default.to_owned() };
    let mut text = String::new();
    let mut rest = label;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&value(name, default, measure, series).unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    text
}

/// `None` for a name that is not known.
fn value(name: &str, default: &str, measure: Option<&Measure>, series: &Series) -> Option<String> {
    let values = || series.points.values().copied();
    let number = |value: Option<f64>| value.map_or_else(|| "--".to_owned(), |value| format!("{value:.2}"));
    let property = |read: fn(&Measure) -> String| measure.map_or_else(String::new, read);
    Some(match name {
        "LABEL" => default.to_owned(),
        "DATAPOINT_COUNT" => series.points.len().to_string(),
        "MIN" => number(values().reduce(f64::min)),
        "MAX" => number(values().reduce(f64::max)),
        "SUM" => number(Some(values().sum())),
        "AVG" => number((!series.points.is_empty()).then(|| values().sum::<f64>() / series.points.len() as f64)),
        "FIRST" => number(values().next()),
        "LAST" => number(values().next_back()),
        "PROP('MetricName')" => property(|measure| measure.name.clone()),
        "PROP('Namespace')" => property(|measure| measure.namespace.clone()),
        "PROP('Period')" => property(|measure| measure.period.to_string()),
        "PROP('Stat')" => property(|measure| measure.statistic.clone()),
        _ => {
            let dimension = name.strip_prefix("PROP('Dim.")?.strip_suffix("')")?;
            measure.and_then(|measure| measure.dimension(dimension)).unwrap_or_default().to_owned()
        }
    })
}
