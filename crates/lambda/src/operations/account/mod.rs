//! What an account may have, and what a function says of its runtime and of loops.

mod get_account_settings;
mod get_function_recursion_config;
mod get_runtime_management_config;
mod put_function_recursion_config;
mod put_runtime_management_config;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_wire::Service;

use crate::Lambda;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::GetAccountSettings, lambda, get_account_settings::get_account_settings)
        .on(op::GetFunctionRecursionConfig, lambda, get_function_recursion_config::get_function_recursion_config)
        .on(op::GetRuntimeManagementConfig, lambda, get_runtime_management_config::get_runtime_management_config)
        .on(op::PutFunctionRecursionConfig, lambda, put_function_recursion_config::put_function_recursion_config)
        .on(op::PutRuntimeManagementConfig, lambda, put_runtime_management_config::put_runtime_management_config)
}
