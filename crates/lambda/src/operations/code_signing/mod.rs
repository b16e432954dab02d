//! Code signing configurations, and which functions have one.

mod create_code_signing_config;
mod delete_code_signing_config;
mod delete_function_code_signing_config;
mod get_code_signing_config;
mod get_function_code_signing_config;
mod list_code_signing_configs;
mod list_functions_by_code_signing_config;
mod put_function_code_signing_config;
mod update_code_signing_config;

use std::sync::Arc;

use freehold_api::lambda::{AllowedPublishers, CodeSigningConfig as WireConfig, CodeSigningPolicies, op};
use freehold_wire::Service;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::Reader;
use crate::model::{CodeSigningConfig, modified};

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::CreateCodeSigningConfig, lambda, create_code_signing_config::create_code_signing_config)
        .on(op::DeleteCodeSigningConfig, lambda, delete_code_signing_config::delete_code_signing_config)
        .on(
            op::DeleteFunctionCodeSigningConfig,
            lambda,
            delete_function_code_signing_config::delete_function_code_signing_config,
        )
        .on(op::GetCodeSigningConfig, lambda, get_code_signing_config::get_code_signing_config)
        .on(
            op::GetFunctionCodeSigningConfig,
            lambda,
            get_function_code_signing_config::get_function_code_signing_config,
        )
        .on(op::ListCodeSigningConfigs, lambda, list_code_signing_configs::list_code_signing_configs)
        .on(
            op::ListFunctionsByCodeSigningConfig,
            lambda,
            list_functions_by_code_signing_config::list_functions_by_code_signing_config,
        )
        .on(
            op::PutFunctionCodeSigningConfig,
            lambda,
            put_function_code_signing_config::put_function_code_signing_config,
        )
        .on(op::UpdateCodeSigningConfig, lambda, update_code_signing_config::update_code_signing_config)
}

fn find(mut from: impl Reader, arn: &str) -> Result<CodeSigningConfig, Error> {
    from.read::<CodeSigningConfig>(arn)?.ok_or_else(|| Error::NoCodeSigningConfig(arn.to_owned()))
}

fn view(config: CodeSigningConfig) -> WireConfig {
    WireConfig {
        code_signing_config_id: Some(config.name),
        code_signing_config_arn: Some(config.arn),
        description: config.description,
        allowed_publishers: Some(AllowedPublishers { signing_profile_version_arns: Some(config.publishers) }),
        code_signing_policies: Some(CodeSigningPolicies { untrusted_artifact_on_deployment: Some(config.untrusted) }),
        last_modified: Some(modified(config.modified)),
    }
}
