//! `DescribeInstanceCreditSpecifications`.

use std::sync::Arc;

use freehold_api::ec2::{
    DescribeInstanceCreditSpecificationsRequest, DescribeInstanceCreditSpecificationsResult,
    InstanceCreditSpecification,
};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::{Instance, InstanceState};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

const FILTERS: Table<Instance> = Table { values: &[("instance-id", |i| vec![i.id.clone()])], tags: None };

pub async fn describe_instance_credit_specifications(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeInstanceCreditSpecificationsRequest,
) -> Result<DescribeInstanceCreditSpecificationsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.instance_ids.filter(|ids| !ids.is_empty());
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut instances: Vec<Instance> = lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    if ids.is_some()
        && let Some(other) = instances.iter().find(|instance| instance.cpu_credits.is_none())
    {
        return Err(Error::other(
            "InvalidParameterValue",
            format!("The instance '{}' of type {} does not use CPU credits.", other.id, other.instance_type),
        ));
    }
    dry_run(input.dry_run)?;

    // Without ids AWS lists those that are `unlimited`.
    let shown = |instance: &Instance| ids.is_some() || instance.cpu_credits.as_deref() == Some("unlimited");
    instances.retain(|i| shown(i) && i.state != InstanceState::Terminated && filters.admit(i));
    let page = paging.page(instances, |instance| &instance.id)?;
    let specifications = page.items.into_iter().map(|instance| InstanceCreditSpecification {
        instance_id: Some(instance.id),
        cpu_credits: instance.cpu_credits,
    });
    Ok(DescribeInstanceCreditSpecificationsResult {
        instance_credit_specifications: Some(specifications.collect()),
        next_token: page.next_token,
    })
}
