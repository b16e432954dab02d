//! `DescribeReservedInstancesModifications`.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeReservedInstancesModificationsRequest, DescribeReservedInstancesModificationsResult,
    ReservedInstancesConfiguration, ReservedInstancesModification,
};
use freehold_wire::Call;

use super::view::{modification, some, text, time};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::lookup::{self, Reader};
use crate::model::ReservedModification;
use crate::pages::Paging;

/// *API reference, DescribeReservedInstancesModifications: Filter.N*
const FILTERS: Table<ReservedInstancesModification> = Table {
    values: &[
        ("client-token", |m| some(&m.client_token)),
        ("create-date", |m| time(m.create_date)),
        ("effective-date", |m| time(m.effective_date)),
        ("modification-result.reserved-instances-id", |m| {
            let results = m.modification_results.iter().flatten();
            results.filter_map(|result| result.reserved_instances_id.clone()).collect()
        }),
        ("modification-result.target-configuration.availability-zone", |m| {
            targets(m, |target| some(&target.availability_zone))
        }),
        ("modification-result.target-configuration.availability-zone-id", |m| {
            targets(m, |target| some(&target.availability_zone_id))
        }),
        ("modification-result.target-configuration.instance-count", |m| {
            targets(m, |target| text(target.instance_count))
        }),
        ("modification-result.target-configuration.instance-type", |m| {
            targets(m, |target| some(&target.instance_type))
        }),
        ("reserved-instances-id", |m| {
            let ids = m.reserved_instances_ids.iter().flatten();
            ids.filter_map(|id| id.reserved_instances_id.clone()).collect()
        }),
        ("reserved-instances-modification-id", |m| some(&m.reserved_instances_modification_id)),
        ("status", |m| some(&m.status)),
        ("update-date", |m| time(m.update_date)),
    ],
    tags: None,
};

fn targets(
    modification: &ReservedInstancesModification,
    values: fn(&ReservedInstancesConfiguration) -> Vec<String>,
) -> Vec<String> {
    let results = modification.modification_results.iter().flatten();
    results.filter_map(|result| result.target_configuration.as_ref()).flat_map(values).collect()
}

/// How many are shown at once; the request cannot say.
const PAGE: i32 = 100;

pub async fn describe_reserved_instances_modifications(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeReservedInstancesModificationsRequest,
) -> Result<DescribeReservedInstancesModificationsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, Some(PAGE), input.next_token);
    let mut store = ec2.committed();
    let found = match input.reserved_instances_modification_ids.filter(|ids| !ids.is_empty()) {
        Some(ids) => ids.iter().map(|id| named(&mut store, call.account(), id)).collect::<Result<Vec<_>>>()?,
        None => lookup::all::<ReservedModification>(&mut store, call.account())?,
    };
    let shown = found.into_iter().map(|found| (found.id.clone(), modification(&ec2.region, found)));
    let page = paging.page(shown.filter(|(_, shown)| filters.admit(shown)).collect(), |(id, _)| id)?;
    Ok(DescribeReservedInstancesModificationsResult {
        next_token: page.next_token,
        reserved_instances_modifications: Some(page.items.into_iter().map(|(_, shown)| shown).collect()),
    })
}

fn named(from: &mut impl Reader, account: &str, id: &str) -> Result<ReservedModification> {
    let found = from.read::<ReservedModification>(id)?.filter(|found| found.account == account);
    let message = format!("The Reserved Instances modification ID '{id}' does not exist");
    found.ok_or(Error::NotFound { code: "InvalidReservedInstancesModificationId", message })
}
