//! GetMetricData.

use std::sync::Arc;

use freehold_api::cloudwatch::{GetMetricDataInput, GetMetricDataOutput, MetricDataResult};
use freehold_core::pagination::Query as PageQuery;
use freehold_wire::Call;
use jiff::Timestamp;

use super::label;
use crate::CloudWatch;
use crate::compute::{Asked, Unanswered};
use crate::errors::Error;
use crate::model::{Query, Source};

const QUERIES: usize = 500;
/// Datapoints of a page.
const MOST_DATAPOINTS: usize = 100_800;

pub(super) async fn get_metric_data(
    state: Arc<CloudWatch>,
    call: Call,
    input: GetMetricDataInput,
) -> Result<GetMetricDataOutput, freehold_wire::Error> {
    let token = input.next_token.clone();
    let page = PageQuery::new(["GetMetricData", call.account(), &page_text(&input)]);
    let queries = input.metric_data_queries.unwrap_or_default();
    if queries.is_empty() || queries.len() > QUERIES {
        let message = format!("The collection MetricDataQueries must have between 1 and {QUERIES} elements.");
        return Err(Error::Validation(message).into());
    }
    if let Some(zone) = input.label_options.and_then(|options| options.timezone).filter(|zone| !is_offset(zone)) {
        return Err(
            Error::Validation(format!("The value {zone} for parameter LabelOptions.Timezone is invalid.")).into()
        );
    }
    let most = match input.max_datapoints {
        None => MOST_DATAPOINTS,
        Some(most @ 1..=100_800) => most as usize,
        Some(other) => {
            let message =
                format!("The value {other} for parameter MaxDatapoints is not between 1 and {MOST_DATAPOINTS}.");
            return Err(Error::Validation(message).into());
        }
    };
    let queries = Query::read_all(call.account(), "MetricDataQueries", queries)?;
    check_periods(&queries)?;
    queries.iter().filter_map(|query| query.label.as_deref()).try_for_each(label::check)?;
    let seconds = |time: Option<Timestamp>| time.map_or(0, Timestamp::as_second);
    let (start, end) = (seconds(input.start_time), seconds(input.end_time));
    if start >= end {
        return Err(Error::Validation("The parameter StartTime must be less than the parameter EndTime.".into()).into());
    }
    let skipped: usize = match token {
        None => 0,
        Some(token) => {
            let position = page.position(&token).map_err(Error::from)?;
            position.parse().map_err(|_| Error::InvalidNextToken)?
        }
    };
    let is_ascending = input.scan_by.as_deref() == Some("TimestampAscending");
    let (account, now) = (call.account().to_owned(), state.now().as_second());
    let answered = tokio::task::spawn_blocking(move || {
        let asked = Asked { account: &account, start, end, now };
        asked.answers(&state.series, &queries).map(|answers| results(answers, is_ascending))
    });
    let results = answered.await.map_err(|_| Error::Internal)?.map_err(refused)?;
    let (results, has_more) = cut(results, skipped, most);
    let next_token = has_more.then(|| page.token_after(&(skipped + most).to_string()));
    Ok(GetMetricDataOutput { metric_data_results: Some(results), next_token, messages: Some(Vec::new()) })
}

fn refused(unanswered: Unanswered) -> Error {
    match unanswered {
        Unanswered::Failure(error) => {
            tracing::error!(%error, "metrics");
            Error::Internal
        }
        other => Error::Validation(other.to_string()),
    }
}

/// What makes pages of one request belong together.
fn page_text(input: &GetMetricDataInput) -> String {
    let GetMetricDataInput { metric_data_queries, start_time, end_time, scan_by, max_datapoints, .. } = input;
    format!("{metric_data_queries:?} {start_time:?} {end_time:?} {scan_by:?} {max_datapoints:?}")
}

/// `+0100`
fn is_offset(zone: &str) -> bool {
    zone.len() == 5 && zone.starts_with(['+', '-']) && zone[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// The period of an expression is that of its metrics; another one would have no effect.
fn check_periods(queries: &[Query]) -> Result<(), Error> {
    for query in queries {
        let Some(expression) = query.expression() else { continue };
        let differs = |period: i64| {
            let named = queries.iter().filter(|one| expression.ids().contains(one.id.as_str()));
            named.filter_map(Query::measure).any(|measure| measure.period != period)
        };
        if query.period.is_some_and(differs) {
            return Err(Error::Validation(format!(
                "The period of the expression '{}' must be the one of the metrics in it.",
                query.id
            )));
        }
    }
    Ok(())
}

fn results(answers: Vec<(&Query, Vec<crate::math::Series>)>, is_ascending: bool) -> Vec<MetricDataResult> {
    let mut results = Vec::new();
    for (query, all) in answers {
        let is_array = all.len() > 1;
        for series in all {
            let default = match &query.source {
                Source::Metric(measure) => measure.name.clone(),
                // Of several series, each has the name that it had before.
                Source::Expression(_) if is_array => format!("{} {}", query.id, series.label),
                Source::Expression(_) => query.id.clone(),
            };
            let label = label::filled(query.label.as_deref(), &default, query.measure(), &series);
            let mut points: Vec<_> = series.points.into_iter().collect();
            if !is_ascending {
                points.reverse();
            }
            results.push(MetricDataResult {
                id: Some(query.id.clone()),
                label: Some(label),
                timestamps: Some(points.iter().filter_map(|(at, _)| Timestamp::from_second(*at).ok()).collect()),
                values: Some(points.into_iter().map(|(_, value)| value).collect()),
                status_code: Some("Complete".into()),
                messages: None,
            });
        }
    }
    results
}

/// The page after the datapoints that earlier ones had; whether there is another.
fn cut(mut results: Vec<MetricDataResult>, skipped: usize, most: usize) -> (Vec<MetricDataResult>, bool) {
    let (mut before, end) = (0, skipped + most);
    let mut has_more = false;
    for result in &mut results {
        let (Some(times), Some(values)) = (&mut result.timestamps, &mut result.values) else { continue };
        let here = times.len();
        let from = skipped.saturating_sub(before).min(here);
        let to = end.saturating_sub(before).min(here);
        if to < here {
            has_more = true;
            result.status_code = Some("PartialData".into());
        }
        *times = times[from..to].to_vec();
        *values = values[from..to].to_vec();
        before += here;
    }
    (results, has_more)
}
