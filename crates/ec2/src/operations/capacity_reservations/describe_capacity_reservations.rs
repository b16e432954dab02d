//! `DescribeCapacityReservations`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeCapacityReservationsRequest, DescribeCapacityReservationsResult};
use freehold_wire::Call;

use super::view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::CapacityReservation;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::view::time;
use crate::{Ec2, lookup};

/// *API reference, DescribeCapacityReservations: Filter.N*. What reservations here cannot have matches nothing.
const FILTERS: Table<CapacityReservation> = Table {
    values: &[
        ("availability-zone", |r| vec![r.zone.clone()]),
        ("availability-zone-id", |r| vec![r.zone_id.clone()]),
        ("end-date", |r| r.end.map(time).into_iter().collect()),
        ("end-date-type", |r| vec![view::end_date_type(r.end.is_some()).into()]),
        ("instance-match-criteria", |r| vec![r.criteria.name().into()]),
        ("instance-platform", |r| vec![r.platform.clone()]),
        ("instance-type", |r| vec![r.instance_type.clone()]),
        ("outpost-arn", |_| Vec::new()),
        ("owner-id", |r| vec![r.account.clone()]),
        ("placement-group-arn", |_| Vec::new()),
        ("start-date", |r| vec![time(r.created)]),
        ("state", |r| vec![r.state.name().into()]),
        ("tenancy", |r| vec![r.tenancy.name().into()]),
    ],
    tags: Some(|r| &r.tags),
};

pub async fn describe_capacity_reservations(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeCapacityReservationsRequest,
) -> Result<DescribeCapacityReservationsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let mut store = ec2.committed();
    let ids = input.capacity_reservation_ids.as_deref();
    let mut found: Vec<CapacityReservation> = lookup::named_or_all(&mut store, call.account(), ids)?;
    dry_run(input.dry_run)?;
    found.retain(|one| filters.admit(one));
    let page = paging.page(found, |one| &one.id)?;
    let shown = page.items.into_iter().map(|one| view::reservation(&mut store, &ec2.region.name, one));
    Ok(DescribeCapacityReservationsResult {
        capacity_reservations: Some(shown.collect::<Result<_>>()?),
        next_token: page.next_token,
    })
}
