//! `DescribeSecurityGroups`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult};
use freehold_wire::Call;

use super::{group, view};
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::{Peer, SecurityGroup, SecurityGroupRule};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// *API reference, DescribeSecurityGroups: Filter.N*. Rules name peer groups by id; there are no prefix lists.
const FILTERS: Table<SecurityGroup> = Table {
    values: &[
        ("description", |g| vec![g.description.clone()]),
        ("egress.ip-permission.cidr", |g| peers(g, true, ipv4)),
        ("egress.ip-permission.from-port", |g| ranges(g, true, |(from, _)| from)),
        ("egress.ip-permission.group-id", |g| peers(g, true, group_id)),
        ("egress.ip-permission.group-name", |_| Vec::new()),
        ("egress.ip-permission.ipv6-cidr", |g| peers(g, true, ipv6)),
        ("egress.ip-permission.prefix-list-id", |_| Vec::new()),
        ("egress.ip-permission.protocol", |g| protocols(g, true)),
        ("egress.ip-permission.to-port", |g| ranges(g, true, |(_, to)| to)),
        ("egress.ip-permission.user-id", |g| peers(g, true, user_id)),
        ("group-id", |g| vec![g.id.clone()]),
        ("group-name", |g| vec![g.name.clone()]),
        ("ip-permission.cidr", |g| peers(g, false, ipv4)),
        ("ip-permission.from-port", |g| ranges(g, false, |(from, _)| from)),
        ("ip-permission.group-id", |g| peers(g, false, group_id)),
        ("ip-permission.group-name", |_| Vec::new()),
        ("ip-permission.ipv6-cidr", |g| peers(g, false, ipv6)),
        ("ip-permission.prefix-list-id", |_| Vec::new()),
        ("ip-permission.protocol", |g| protocols(g, false)),
        ("ip-permission.to-port", |g| ranges(g, false, |(_, to)| to)),
        ("ip-permission.user-id", |g| peers(g, false, user_id)),
        ("owner-id", |g| vec![g.account.clone()]),
        ("vpc-id", |g| vec![g.vpc.clone()]),
    ],
    tags: Some(|g| &g.tags),
};

pub async fn describe_security_groups(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSecurityGroupsRequest,
) -> Result<DescribeSecurityGroupsResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.group_ids.unwrap_or_default();
    let names = input.group_names.unwrap_or_default();
    if input.max_results.is_some() && !ids.is_empty() {
        return Err(Error::InvalidParameterCombination(
            "The parameter groupIds cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut from = ec2.committed();
    let mut groups: Vec<SecurityGroup> = lookup::named_or_all(&mut from, call.account(), Some(&ids))?;
    if !names.is_empty() {
        // Names are those of the default VPC (*API reference, DescribeSecurityGroups: GroupName.N*).
        let vpc = group::default_vpc(&mut from, call.account())?;
        for name in &names {
            group::by_name(&mut from, call.account(), &vpc.id, name)?;
        }
        groups.retain(|group| group.vpc == vpc.id && names.contains(&group.name));
    }
    dry_run(input.dry_run)?;

    groups.retain(|group| filters.admit(group));
    let page = paging.page(groups, |group| &group.id)?;
    let shown = page.items.iter().map(|group| view::security_group(&ec2.region.name, group)).collect();
    Ok(DescribeSecurityGroupsResult { security_groups: Some(shown), next_token: page.next_token })
}

fn rules(group: &SecurityGroup, egress: bool) -> impl Iterator<Item = &SecurityGroupRule> {
    group.rules.iter().filter(move |rule| rule.egress == egress)
}

fn peers(group: &SecurityGroup, egress: bool, value: fn(&Peer) -> Option<String>) -> Vec<String> {
    rules(group, egress).filter_map(|rule| value(&rule.peer)).collect()
}

fn ranges(group: &SecurityGroup, egress: bool, end: fn((i32, i32)) -> i32) -> Vec<String> {
    let ranges = rules(group, egress).filter_map(|rule| view::protocol_and_range(rule.protocol).1);
    ranges.map(|range| end(range).to_string()).collect()
}

fn protocols(group: &SecurityGroup, egress: bool) -> Vec<String> {
    rules(group, egress).map(|rule| view::protocol_and_range(rule.protocol).0).collect()
}

fn ipv4(peer: &Peer) -> Option<String> {
    if let Peer::Ipv4(cidr) = peer { Some(cidr.to_string()) } else { None }
}

fn ipv6(peer: &Peer) -> Option<String> {
    if let Peer::Ipv6(cidr) = peer { Some(cidr.to_string()) } else { None }
}

fn group_id(peer: &Peer) -> Option<String> {
    if let Peer::Group { group, .. } = peer { Some(group.clone()) } else { None }
}

fn user_id(peer: &Peer) -> Option<String> {
    if let Peer::Group { account, .. } = peer { Some(account.clone()) } else { None }
}
