//! Key pairs, security groups and their rules.

mod authorize_security_group_egress;
mod authorize_security_group_ingress;
mod create_key_pair;
mod create_security_group;
mod delete_key_pair;
mod delete_security_group;
mod describe_key_pairs;
mod describe_security_group_rules;
mod describe_security_groups;
mod group;
mod import_key_pair;
mod keys;
mod modify_security_group_rules;
mod permissions;
mod revoke_security_group_egress;
mod revoke_security_group_ingress;
mod update_security_group_rule_descriptions;
mod view;

use freehold_api::ec2::op;

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
        .on(op::CreateKeyPair, create_key_pair::create_key_pair)
        .on(op::ImportKeyPair, import_key_pair::import_key_pair)
        .on(op::DescribeKeyPairs, describe_key_pairs::describe_key_pairs)
        .on(op::DeleteKeyPair, delete_key_pair::delete_key_pair)
        .on(op::CreateSecurityGroup, create_security_group::create_security_group)
        .on(op::DeleteSecurityGroup, delete_security_group::delete_security_group)
        .on(op::DescribeSecurityGroups, describe_security_groups::describe_security_groups)
        .on(op::DescribeSecurityGroupRules, describe_security_group_rules::describe_security_group_rules)
        .on(op::AuthorizeSecurityGroupIngress, authorize_security_group_ingress::authorize_security_group_ingress)
        .on(op::AuthorizeSecurityGroupEgress, authorize_security_group_egress::authorize_security_group_egress)
        .on(op::RevokeSecurityGroupIngress, revoke_security_group_ingress::revoke_security_group_ingress)
        .on(op::RevokeSecurityGroupEgress, revoke_security_group_egress::revoke_security_group_egress)
        .on(op::ModifySecurityGroupRules, modify_security_group_rules::modify_security_group_rules)
        .on(op::UpdateSecurityGroupRuleDescriptionsIngress, update_security_group_rule_descriptions::ingress)
        .on(op::UpdateSecurityGroupRuleDescriptionsEgress, update_security_group_rule_descriptions::egress)
}
