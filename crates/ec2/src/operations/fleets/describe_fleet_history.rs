//! `DescribeFleetHistory`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeFleetHistoryRequest, DescribeFleetHistoryResult, HistoryRecordEntry};
use freehold_wire::Call;

use super::lookup::{history, information, one, record_kind};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::FleetApi;
use crate::operations::dry_run;
use crate::pages::Paging;

pub async fn describe_fleet_history(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeFleetHistoryRequest,
) -> Result<DescribeFleetHistoryResult> {
    let id = input.fleet_id.ok_or(Error::MissingParameter("FleetId"))?;
    let since = input.start_time.ok_or(Error::MissingParameter("StartTime"))?;
    let kind = record_kind(FleetApi::Ec2, input.event_type.as_deref())?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let fleet = one(&mut ec2.committed(), FleetApi::Ec2, call.account(), &id)?;
    dry_run(input.dry_run)?;
    let page = paging.page(history(&mut ec2.committed(), &fleet, kind, since)?, |record| &record.id)?;
    let last = page.next_token.is_none().then(|| ec2.now());
    let records = page.items.into_iter().map(|record| HistoryRecordEntry {
        event_type: Some(record.kind.name(FleetApi::Ec2).into()),
        timestamp: Some(record.at),
        event_information: Some(information(record)),
    });
    Ok(DescribeFleetHistoryResult {
        history_records: Some(records.collect()),
        last_evaluated_time: last,
        next_token: page.next_token,
        fleet_id: Some(id),
        start_time: Some(since),
    })
}
