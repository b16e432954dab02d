//! DescribeLogGroups: in the order of their names.

use std::sync::Arc;

use freehold_api::logs::{DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup};
use freehold_core::pagination::{Query, page};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Logs;
use crate::errors::Error;
use crate::model::Group;
use crate::operations::pages;

pub(super) async fn describe_log_groups(
    state: Arc<Logs>,
    call: Call,
    input: DescribeLogGroupsRequest,
) -> Result<DescribeLogGroupsResponse, freehold_wire::Error> {
    check(&call, &input)?;
    let without_page = DescribeLogGroupsRequest { next_token: None, limit: None, ..input.clone() };
    let query = Query::new(["DescribeLogGroups", call.account(), &format!("{without_page:?}")]);
    let after = pages::after(&query, input.next_token.as_deref())?.map(|name| Group::id_of(call.account(), &name));
    let names = named(&state, &call, &input)?;
    let filter = match &names {
        // Rows are in the order of their ids, which for one account is that of the names.
        None => Filter::account(call.account()),
        Some(names) => Filter::ids(names.iter().map(|name| Group::id_of(call.account(), name))),
    };
    let filter = Filter { after, ..filter };
    let mut groups = state.store.list::<Group>(&filter).map_err(Error::from)?;
    groups.retain(|group| is_wanted(group, &input));
    let (groups, next_token) = page(groups, pages::size(input.limit), &query, |group| &group.name);
    let region = state.region.clone();
    let view = move |events: &crate::EventStore| {
        groups.iter().map(|group| Ok(view(group, &region, events.stored_bytes(group.number)?))).collect()
    };
    let log_groups: Vec<LogGroup> = state.read(view).await?;
    Ok(DescribeLogGroupsResponse { log_groups: Some(log_groups), next_token })
}

fn check(call: &Call, input: &DescribeLogGroupsRequest) -> Result<(), Error> {
    let refuse = |sentence: &str| Err(Error::InvalidParameter(sentence.into()));
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return refuse("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    }
    let by_name = input.log_group_name_prefix.is_some() || input.log_group_name_pattern.is_some();
    if input.log_group_identifiers.is_some() && (by_name || input.account_identifiers.is_some()) {
        return refuse("logGroupIdentifiers cannot be given together with a prefix, a pattern or accounts.");
    }
    let accounts = input.account_identifiers.iter().flatten();
    if accounts.into_iter().any(|account| account != call.account()) {
        return refuse("accountIdentifiers names an account that is not linked with this one.");
    }
    Ok(())
}

/// The names that are asked for, if any are.
fn named(state: &Logs, call: &Call, input: &DescribeLogGroupsRequest) -> Result<Option<Vec<String>>, Error> {
    let Some(identifiers) = &input.log_group_identifiers else { return Ok(None) };
    identifiers.iter().map(|identifier| state.name_of(call, identifier)).collect::<Result<_, _>>().map(Some)
}

fn is_wanted(group: &Group, input: &DescribeLogGroupsRequest) -> bool {
    let has_pattern = |pattern: &String| group.name.to_ascii_lowercase().contains(&pattern.to_ascii_lowercase());
    input.log_group_name_prefix.as_ref().is_none_or(|prefix| group.name.starts_with(prefix))
        && input.log_group_name_pattern.as_ref().is_none_or(has_pattern)
        && input.log_group_class.as_ref().is_none_or(|class| class == group.class.name())
}

fn view(group: &Group, region: &str, stored_bytes: i64) -> LogGroup {
    let arn = group.arn(region);
    LogGroup {
        log_group_name: Some(group.name.clone()),
        creation_time: Some(group.created.as_millisecond()),
        retention_in_days: group.retention_days,
        metric_filter_count: i32::try_from(group.metric_filters.len()).ok(),
        arn: Some(format!("{arn}:*")),
        stored_bytes: Some(stored_bytes),
        log_group_class: Some(group.class.name().into()),
        log_group_arn: Some(arn),
        deletion_protection_enabled: Some(group.is_protected),
        ..Default::default()
    }
}
