//! ListMetrics: what had a measurement in the past two weeks.

use std::sync::Arc;

use freehold_api::cloudwatch::{ListMetricsInput, ListMetricsOutput, Metric};
use freehold_core::pagination::Query;
use freehold_wire::Call;

use crate::CloudWatch;
use crate::errors::Error;
use crate::model::to_dimensions;
use crate::series::{ListFilter, Listed};

/// Metrics of a page.
const PAGE: usize = 500;
const TWO_WEEKS: i64 = 14 * 24 * 3600;
const THREE_HOURS: i64 = 3 * 3600;

pub(super) async fn list_metrics(
    state: Arc<CloudWatch>,
    call: Call,
    input: ListMetricsInput,
) -> Result<ListMetricsOutput, freehold_wire::Error> {
    let of_own = input.owning_account.as_ref().is_none_or(|account| account == call.account());
    if !of_own {
        return Err(Error::InvalidParameterValue(
            "The value of OwningAccount is not an account that is linked with this one.".into(),
        )
        .into());
    }
    let with_accounts = input.include_linked_accounts.unwrap_or(false);
    let dimensions: Vec<_> =
        input.dimensions.unwrap_or_default().into_iter().map(|one| (one.name.unwrap_or_default(), one.value)).collect();
    let query = query(call.account(), &input.namespace, &input.metric_name, &dimensions, &input.recently_active);
    let after = match &input.next_token {
        None => 0,
        Some(token) => {
            let position = query.position(token).map_err(Error::from)?;
            position.parse().map_err(|_| Error::InvalidNextToken)?
        }
    };
    let age = if input.recently_active.is_some() { THREE_HOURS } else { TWO_WEEKS };
    let filter = ListFilter {
        account: call.account().to_owned(),
        namespace: input.namespace,
        name: input.metric_name,
        dimensions,
        since: state.now().as_second() - age,
        after,
        // One more shows that there is another page.
        limit: PAGE + 1,
    };
    let mut found = state.read(move |series| series.list(&filter)).await?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next_token = found.last().filter(|_| has_more).map(|last| query.token_after(&last.place.to_string()));
    let owning_accounts = with_accounts.then(|| vec![call.account().to_owned(); found.len()]);
    Ok(ListMetricsOutput { metrics: Some(found.iter().map(metric).collect()), next_token, owning_accounts })
}

fn metric(listed: &Listed) -> Metric {
    let metric = &listed.metric;
    Metric {
        namespace: Some(metric.namespace.clone()),
        metric_name: Some(metric.name.clone()),
        dimensions: Some(to_dimensions(metric.dimensions())),
    }
}

fn query(
    account: &str,
    namespace: &Option<String>,
    name: &Option<String>,
    dimensions: &[(String, Option<String>)],
    active: &Option<String>,
) -> Query {
    let text = format!("{namespace:?} {name:?} {dimensions:?} {active:?}");
    Query::new(["ListMetrics", account, &text])
}
