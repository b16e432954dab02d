//! `DescribeSpotFleetRequestHistory`.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeSpotFleetRequestHistoryRequest, DescribeSpotFleetRequestHistoryResponse, HistoryRecord,
};
use freehold_wire::Call;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::model::FleetApi;
use crate::operations::dry_run;
use crate::operations::fleets::lookup::{history, information, one, record_kind};
use crate::pages::Paging;

pub async fn describe_spot_fleet_request_history(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSpotFleetRequestHistoryRequest,
) -> Result<DescribeSpotFleetRequestHistoryResponse> {
    let id = input.spot_fleet_request_id.ok_or(Error::MissingParameter("SpotFleetRequestId"))?;
    let since = input.start_time.ok_or(Error::MissingParameter("StartTime"))?;
    let kind = record_kind(FleetApi::Spot, input.event_type.as_deref())?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let fleet = one(&mut ec2.committed(), FleetApi::Spot, call.account(), &id)?;
    dry_run(input.dry_run)?;
    let page = paging.page(history(&mut ec2.committed(), &fleet, kind, since)?, |record| &record.id)?;
    let last = page.next_token.is_none().then(|| ec2.now());
    let records = page.items.into_iter().map(|record| HistoryRecord {
        event_type: Some(record.kind.name(FleetApi::Spot).into()),
        timestamp: Some(record.at),
        event_information: Some(information(record)),
    });
    Ok(DescribeSpotFleetRequestHistoryResponse {
        history_records: Some(records.collect()),
        last_evaluated_time: last,
        next_token: page.next_token,
        spot_fleet_request_id: Some(id),
        start_time: Some(since),
    })
}
