//! The service `iam`, as far as roles and instance profiles go.

mod add_role_to_instance_profile;
mod create_instance_profile;
mod create_role;
mod delete_instance_profile;
mod delete_role;
mod delete_role_policy;
mod find;
mod get_instance_profile;
mod get_role;
mod get_role_policy;
mod list_instance_profiles;
mod list_role_policies;
mod list_roles;
mod pages;
mod put_role_policy;
mod remove_role_from_instance_profile;
mod view;

use std::sync::Arc;

use freehold_api::iam::{self, op};
use freehold_wire::Service;

use crate::Iam;

pub(crate) fn service(iam: &Arc<Iam>) -> Service {
    Service::new(&iam::MODEL)
        .on(op::AddRoleToInstanceProfile, iam, add_role_to_instance_profile::add_role_to_instance_profile)
        .on(op::CreateInstanceProfile, iam, create_instance_profile::create_instance_profile)
        .on(op::CreateRole, iam, create_role::create_role)
        .on(op::DeleteInstanceProfile, iam, delete_instance_profile::delete_instance_profile)
        .on(op::DeleteRole, iam, delete_role::delete_role)
        .on(op::DeleteRolePolicy, iam, delete_role_policy::delete_role_policy)
        .on(op::GetInstanceProfile, iam, get_instance_profile::get_instance_profile)
        .on(op::GetRole, iam, get_role::get_role)
        .on(op::GetRolePolicy, iam, get_role_policy::get_role_policy)
        .on(op::ListInstanceProfiles, iam, list_instance_profiles::list_instance_profiles)
        .on(op::ListRolePolicies, iam, list_role_policies::list_role_policies)
        .on(op::ListRoles, iam, list_roles::list_roles)
        .on(op::PutRolePolicy, iam, put_role_policy::put_role_policy)
        .on(
            op::RemoveRoleFromInstanceProfile,
            iam,
            remove_role_from_instance_profile::remove_role_from_instance_profile,
        )
}
