//! `DescribeReservedInstances`: what the account bought, whatever became of it.

use std::sync::Arc;

use freehold_api::ec2::{DescribeReservedInstancesRequest, DescribeReservedInstancesResult};
use freehold_wire::Call;

use super::view::{Shown, price_texts, reserved, some, text, time};
use super::{find, names};
use crate::Ec2;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::operations::dry_run;

/// *API reference, DescribeReservedInstances: Filter.N*
const FILTERS: Table<Shown> = Table {
    values: &[
        ("availability-zone", |s| some(&s.reserved.availability_zone)),
        ("availability-zone-id", |s| some(&s.reserved.availability_zone_id)),
        ("duration", |s| text(s.reserved.duration)),
        ("end", |s| time(s.reserved.end)),
        ("fixed-price", |s| price_texts(s.reserved.fixed_price)),
        ("instance-type", |s| some(&s.reserved.instance_type)),
        ("product-description", |s| some(&s.reserved.product_description)),
        ("reserved-instances-id", |s| some(&s.reserved.reserved_instances_id)),
        ("scope", |s| some(&s.reserved.scope)),
        ("start", |s| time(s.reserved.start)),
        ("state", |s| some(&s.reserved.state)),
        ("usage-price", |s| price_texts(s.reserved.usage_price)),
    ],
    tags: Some(|s| &s.tags),
};

pub async fn describe_reserved_instances(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeReservedInstancesRequest,
) -> Result<DescribeReservedInstancesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    names::check_class(input.offering_class.as_deref())?;
    names::check_type(input.offering_type.as_deref())?;
    let ids = input.reserved_instances_ids.as_deref();
    let bought = find::bought(&ec2, &mut ec2.committed(), call.account(), ids)?;
    dry_run(input.dry_run)?;

    let is_asked = |asked: &Option<String>, name: &str| asked.as_ref().is_none_or(|asked| asked == name);
    let asked = bought.iter().filter(|one| {
        is_asked(&input.offering_class, one.offer.class.name())
            && is_asked(&input.offering_type, one.offer.payment.name())
    });
    let shown = asked.map(|one| reserved(&ec2.region, one, ec2.now())).filter(|shown| filters.admit(shown));
    Ok(DescribeReservedInstancesResult { reserved_instances: Some(shown.map(|shown| shown.reserved).collect()) })
}
