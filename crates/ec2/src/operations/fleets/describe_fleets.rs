//! `DescribeFleets`: instant fleets only where they are named.

use std::sync::Arc;

use freehold_api::ec2::{DescribeFleetsRequest, DescribeFleetsResult};
use freehold_wire::Call;

use super::lookup::{activity, named_or_all};
use super::view;
use crate::Ec2;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::fleet::members::{self, Seen};
use crate::model::{Fleet, FleetApi, FleetKind};
use crate::operations::dry_run;
use crate::pages::Paging;

type Shown = (Fleet, Vec<Seen>);

/// *API reference, DescribeFleets: Filter.N*.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("activity-status", |(fleet, members)| activity(fleet, members).map(str::to_owned).into_iter().collect()),
        ("excess-capacity-termination-policy", |(fleet, _)| vec![(fleet.ends_excess).to_string()]),
        ("fleet-state", |(fleet, _)| vec![fleet.state.name(fleet.api).to_owned()]),
        ("replace-unhealthy-instances", |(fleet, _)| vec![fleet.replaces_unhealthy.to_string()]),
        ("type", |(fleet, _)| vec![fleet.kind.name().to_owned()]),
    ],
    tags: Some(|(fleet, _)| &fleet.tags),
};

pub async fn describe_fleets(ec2: Arc<Ec2>, call: Call, input: DescribeFleetsRequest) -> Result<DescribeFleetsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let is_named = input.fleet_ids.as_ref().is_some_and(|ids| !ids.is_empty());
    let paging = Paging::new(&call, input.max_results, input.next_token).within(1..=1000)?;
    let mut fleets = named_or_all(&mut ec2.committed(), FleetApi::Ec2, call.account(), input.fleet_ids)?;
    dry_run(input.dry_run)?;
    fleets.retain(|fleet| is_named || fleet.kind != FleetKind::Instant);
    let mut shown: Vec<Shown> = Vec::with_capacity(fleets.len());
    for fleet in fleets {
        let members = members::read(&mut ec2.committed(), &fleet.id, ec2.now())?;
        shown.push((fleet, members));
    }
    shown.retain(|one| filters.admit(one));
    let page = paging.page(shown, |(fleet, _)| &fleet.id)?;
    let fleets = page.items.into_iter().map(|(fleet, members)| view::fleet(fleet, &members)).collect();
    Ok(DescribeFleetsResult { fleets: Some(fleets), next_token: page.next_token })
}
