//! DescribeAlarmHistory: what happened to alarms in the past 30 days, of those too that are gone.

use std::sync::Arc;

use freehold_api::cloudwatch::{AlarmHistoryItem, DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput};
use freehold_core::pagination::{Query, page};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::CloudWatch;
use crate::errors::Error;
use crate::model::Entry;

const PAGE: i32 = 100;

pub(super) async fn describe_alarm_history(
    state: Arc<CloudWatch>,
    call: Call,
    input: DescribeAlarmHistoryInput,
) -> Result<DescribeAlarmHistoryOutput, freehold_wire::Error> {
    if input.alarm_contributor_id.is_some() {
        return Err(Error::not_here("AlarmContributorId").into());
    }
    if let (Some(start), Some(end)) = (input.start_date, input.end_date)
        && start > end
    {
        return Err(Error::Validation("StartDate must be before EndDate.".into()).into());
    }
    let token = input.next_token.clone();
    let without_page = DescribeAlarmHistoryInput { next_token: None, max_records: None, ..input.clone() };
    let query = Query::new(["DescribeAlarmHistory", call.account(), &format!("{without_page:?}")]);
    let after = token.map(|token| query.position(&token)).transpose().map_err(Error::from)?;
    let mut filter = Filter::account(call.account());
    if let Some(name) = &input.alarm_name {
        filter = filter.and_index(0, name.clone());
    }
    let is_ascending = input.scan_by.as_deref() == Some("TimestampAscending");
    let mut found = state.store.list::<Entry>(&filter).map_err(Error::from)?;
    found.retain(|entry| is_wanted(&input, entry));
    if !is_ascending {
        found.reverse();
    }
    if let Some(after) = after {
        found.retain(|entry| if is_ascending { entry.id > after } else { entry.id < after });
    }
    let size = input.max_records.unwrap_or(PAGE).clamp(1, 100) as usize;
    let (entries, next_token) = page(found, size, &query, |entry| &entry.id);
    let alarm_history_items = Some(entries.into_iter().map(item).collect());
    Ok(DescribeAlarmHistoryOutput { alarm_history_items, next_token })
}

fn is_wanted(input: &DescribeAlarmHistoryInput, entry: &Entry) -> bool {
    // Without types, metric alarms alone are shown.
    let is_of_type = match input.alarm_types.as_deref() {
        None | Some([]) => input.alarm_name.is_some() || entry.alarm_kind == "MetricAlarm",
        Some(types) => types.contains(&entry.alarm_kind),
    };
    is_of_type
        && input.history_item_type.as_ref().is_none_or(|kind| entry.kind.name() == kind)
        && input.start_date.is_none_or(|start| entry.at >= start)
        && input.end_date.is_none_or(|end| entry.at <= end)
}

fn item(entry: Entry) -> AlarmHistoryItem {
    AlarmHistoryItem {
        alarm_name: Some(entry.alarm),
        alarm_contributor_id: None,
        alarm_type: Some(entry.alarm_kind),
        timestamp: Some(entry.at),
        history_item_type: Some(entry.kind.name().to_owned()),
        history_summary: Some(entry.summary),
        history_data: Some(entry.data),
        alarm_contributor_attributes: None,
    }
}
