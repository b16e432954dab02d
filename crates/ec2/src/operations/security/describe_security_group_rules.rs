//! `DescribeSecurityGroupRules`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult};
use freehold_wire::Call;

use super::{group, view};
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::{SecurityGroup, SecurityGroupRule};
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// A rule and the group that it is in.
struct Placed {
    group: SecurityGroup,
    rule: SecurityGroupRule,
}

/// *API reference, DescribeSecurityGroupRules: Filter.N*.
const FILTERS: Table<Placed> = Table {
    values: &[("group-id", |p| vec![p.group.id.clone()]), ("security-group-rule-id", |p| vec![p.rule.id.clone()])],
    tags: Some(|p| &p.rule.tags),
};

pub async fn describe_security_group_rules(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeSecurityGroupRulesRequest,
) -> Result<DescribeSecurityGroupRulesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.security_group_rule_ids.unwrap_or_default();
    if input.max_results.is_some() && !ids.is_empty() {
        return Err(Error::InvalidParameterCombination(
            "The parameter securityGroupRuleIds cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let groups: Vec<SecurityGroup> = lookup::all(&mut ec2.committed(), call.account())?;
    let place = |group: SecurityGroup| {
        let rules = group.rules.clone();
        rules.into_iter().map(move |rule| Placed { group: group.clone(), rule })
    };
    let mut placed: Vec<Placed> = groups.into_iter().flat_map(place).collect();
    if let Some(unknown) = ids.iter().find(|id| !placed.iter().any(|p| p.rule.id == **id)) {
        return Err(group::rule_not_found(unknown));
    }
    dry_run(input.dry_run)?;

    placed.retain(|p| (ids.is_empty() || ids.contains(&p.rule.id)) && filters.admit(p));
    let page = paging.page(placed, |p| &p.rule.id)?;
    let shown = page.items.iter().map(|p| view::rule(&ec2.region.name, &p.group, &p.rule)).collect();
    Ok(DescribeSecurityGroupRulesResult { security_group_rules: Some(shown), next_token: page.next_token })
}
