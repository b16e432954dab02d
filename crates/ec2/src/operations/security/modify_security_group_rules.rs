//! `ModifySecurityGroupRules`.

use std::sync::Arc;

use freehold_api::ec2::{ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::group;
use super::permissions::{self, Wanted};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::SecurityGroup;
use crate::operations::dry_run;

pub async fn modify_security_group_rules(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifySecurityGroupRulesRequest,
) -> Result<ModifySecurityGroupRulesResult> {
    let group_id = input.group_id.ok_or(Error::MissingParameter("groupId"))?;
    let mut updates = Vec::new();
    for update in input.security_group_rules.unwrap_or_default() {
        let id = update.security_group_rule_id.ok_or(Error::MissingParameter("securityGroupRuleId"))?;
        let rule = update.security_group_rule.ok_or(Error::MissingParameter("securityGroupRule"))?;
        updates.push((id, Wanted::parse_rule(rule)?));
    }
    if updates.is_empty() {
        return Err(Error::MissingParameter("securityGroupRules"));
    }
    let _: SecurityGroup = lookup::one(&mut ec2.committed(), call.account(), &group_id)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut group: SecurityGroup = lookup::one(tx, &account, &group_id)?;
            for (id, wanted) in &updates {
                let at = group.rules.iter().position(|rule| rule.id == *id).ok_or_else(|| group::rule_not_found(id))?;
                for mut rule in wanted.resolve(tx, &group)? {
                    let old = &group.rules[at];
                    (rule.id, rule.egress, rule.tags) = (old.id.clone(), old.egress, old.tags.clone());
                    let twin = group.rules.iter().find(|other| other.id != *id && other.is_same_permission(&rule));
                    if let Some(twin) = twin {
                        return Err(permissions::duplicate(twin));
                    }
                    group.rules[at] = rule;
                }
            }
            Ok(tx.put(&group)?)
        })
        .await?;
    Ok(ModifySecurityGroupRulesResult { r#return: Some(true) })
}
