//! Versions as callers see them.

use freehold_api::lambda::{
    DeadLetterConfig, EnvironmentResponse, EphemeralStorage, FunctionConfiguration, Layer, LoggingConfig,
    RuntimeVersionConfig, SnapStartResponse, TracingConfigResponse, VpcConfigResponse,
};
use freehold_store::{SharedStore, StoreExt};
use sha2::{Digest, Sha256};

use crate::errors::Error;
use crate::model::{LayerVersion, Version, Vpc, modified};

/// A version under the ARN by which it was asked for.
pub(crate) fn configuration(
    store: &SharedStore,
    version: &Version,
    arn: String,
) -> Result<FunctionConfiguration, Error> {
    let settings = &version.settings;
    let logging = &settings.logging;
    let layers = settings.layers.iter().map(|arn| layer(store, arn)).collect::<Result<Vec<_>, _>>()?;
    Ok(FunctionConfiguration {
        function_name: Some(version.name.clone()),
        function_arn: Some(arn),
        runtime: Some(settings.runtime.clone()),
        role: Some(settings.role.clone()),
        handler: Some(settings.handler.clone()),
        code_size: i64::try_from(version.code.size).ok(),
        description: Some(settings.description.clone()),
        timeout: i32::try_from(settings.timeout).ok(),
        memory_size: i32::try_from(settings.memory_mib).ok(),
        last_modified: Some(modified(version.modified)),
        code_sha256: Some(version.code.sha256.clone()),
        version: Some(version.number.clone()),
        dead_letter_config: settings.dead_letters.clone().map(|arn| DeadLetterConfig { target_arn: Some(arn) }),
        environment: (!settings.variables.is_empty())
            .then(|| EnvironmentResponse { variables: Some(settings.variables.clone()), error: None }),
        tracing_config: Some(TracingConfigResponse {
            mode: Some(if settings.traces { "Active" } else { "PassThrough" }.into()),
        }),
        revision_id: Some(version.revision_id.clone()),
        layers: (!layers.is_empty()).then_some(layers),
        state: Some(version.state.name().into()),
        state_reason: version.state.reason().map(str::to_owned),
        state_reason_code: version.state.reason_code().map(str::to_owned),
        last_update_status: Some(version.update.name().into()),
        last_update_status_reason: version.update.reason().map(str::to_owned),
        last_update_status_reason_code: version.update.reason_code().map(str::to_owned),
        package_type: Some("Zip".into()),
        architectures: Some(vec![settings.architecture.clone()]),
        ephemeral_storage: Some(EphemeralStorage { size: i32::try_from(settings.ephemeral_mib).ok() }),
        snap_start: Some(SnapStartResponse { apply_on: Some("None".into()), optimization_status: Some("Off".into()) }),
        runtime_version_config: Some(RuntimeVersionConfig {
            runtime_version_arn: Some(runtime_version(&arn_region(version), &settings.runtime)),
            error: None,
        }),
        logging_config: Some(LoggingConfig {
            log_format: Some(if logging.is_json { "JSON" } else { "Text" }.into()),
            application_log_level: logging.application_level.clone(),
            system_log_level: logging.system_level.clone(),
            log_group: Some(logging.group_of(&version.name)),
        }),
        vpc_config: settings.vpc.as_ref().map(vpc),
        ..FunctionConfiguration::default()
    })
}

fn vpc(vpc: &Vpc) -> VpcConfigResponse {
    VpcConfigResponse {
        subnet_ids: Some(vpc.subnets.clone()),
        security_group_ids: Some(vpc.groups.clone()),
        vpc_id: Some(vpc.id.clone()),
        ipv6_allowed_for_dual_stack: Some(false),
    }
}

fn layer(store: &SharedStore, arn: &str) -> Result<Layer, Error> {
    let found = store.get::<LayerVersion>(arn)?;
    let size = found.and_then(|found| i64::try_from(found.code.size).ok());
    Ok(Layer { arn: Some(arn.to_owned()), code_size: size, ..Layer::default() })
}

fn arn_region(version: &Version) -> String {
    version.function.split(':').nth(3).unwrap_or_default().to_owned()
}

/// The ARN of the one version that a runtime has here: the host's.
pub(crate) fn runtime_version(region: &str, runtime: &str) -> String {
    format!("arn:aws:lambda:{region}::runtime:{}", hex::encode(Sha256::digest(runtime)))
}
