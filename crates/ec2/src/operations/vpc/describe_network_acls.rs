//! `DescribeNetworkAcls`: the default lists that every VPC is born with. Others cannot be made yet.

use std::sync::Arc;

use freehold_api::ec2::{DescribeNetworkAclsRequest, DescribeNetworkAclsResult};
use freehold_wire::Call;

use super::view;
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::{AclEntry, NetworkAcl};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// *API reference, DescribeNetworkAcls: Filter.N*. Entries of default lists have no ports and no types.
const FILTERS: Table<NetworkAcl> = Table {
    values: &[
        ("association.association-id", |a| a.associations.iter().map(|s| s.id.clone()).collect()),
        ("association.network-acl-id", |a| a.associations.iter().map(|_| a.id.clone()).collect()),
        ("association.subnet-id", |a| a.associations.iter().map(|s| s.subnet.clone()).collect()),
        ("default", |a| vec![a.is_default.to_string()]),
        ("entry.cidr", |a| entries(a, |e| e.cidr.to_string())),
        ("entry.icmp.code", |_| Vec::new()),
        ("entry.icmp.type", |_| Vec::new()),
        ("entry.ipv6-cidr", |_| Vec::new()),
        ("entry.port-range.from", |_| Vec::new()),
        ("entry.port-range.to", |_| Vec::new()),
        ("entry.protocol", |a| entries(a, |e| e.protocol.clone())),
        ("entry.rule-action", |a| entries(a, |e| view::rule_action(e).into())),
        ("entry.egress", |a| entries(a, |e| e.egress.to_string())),
        ("entry.rule-number", |a| entries(a, |e| e.number.to_string())),
        ("network-acl-id", |a| vec![a.id.clone()]),
        ("owner-id", |a| vec![a.account.clone()]),
        ("vpc-id", |a| vec![a.vpc.clone()]),
    ],
    tags: Some(|a| &a.tags),
};

fn entries(acl: &NetworkAcl, value: fn(&AclEntry) -> String) -> Vec<String> {
    acl.entries.iter().map(value).collect()
}

pub async fn describe_network_acls(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeNetworkAclsRequest,
) -> Result<DescribeNetworkAclsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let ids = input.network_acl_ids;
    let mut acls: Vec<NetworkAcl> = lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    acls.retain(|acl| filters.admit(acl));
    let page = paging.page(acls, |acl| &acl.id)?;
    let shown = page.items.iter().map(view::network_acl).collect();
    Ok(DescribeNetworkAclsResult { network_acls: Some(shown), next_token: page.next_token })
}
