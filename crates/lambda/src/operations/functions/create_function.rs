//! CreateFunction.

use std::sync::Arc;

use freehold_api::lambda::{CreateFunctionRequest, FunctionCode, FunctionConfiguration};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{check_layers, check_role, check_runtime, check_storage, publish, vpc};
use crate::Lambda;
use crate::errors::Error;
use crate::model::{Code, CodeSigningConfig, Function, Settings, Version};
use crate::names::FunctionName;
use crate::operations::tags;
use crate::settings::{Refusable, Wanted};
use crate::view;

pub(super) async fn create_function(
    lambda: Arc<Lambda>,
    call: Call,
    input: CreateFunctionRequest,
) -> Result<FunctionConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    if name.account != call.account() {
        return Err(Error::no_function(&name.arn()).into());
    }
    refusable(&input).check()?;
    let vpc = vpc::wanted(&lambda, call.account(), input.vpc_config.clone()).await?;
    let mut settings = Settings::new();
    settings.architecture = architecture(input.architectures.as_deref())?;
    settings.apply(Wanted {
        runtime: Some(required(input.runtime)?),
        handler: Some(required(input.handler)?),
        role: input.role,
        description: input.description,
        timeout: input.timeout,
        memory_size: input.memory_size,
        environment: input.environment,
        layers: input.layers,
        dead_letters: input.dead_letter_config,
        tracing: input.tracing_config,
        ephemeral_storage: input.ephemeral_storage,
        logging: input.logging_config,
        vpc,
    })?;
    check_runtime(&lambda, &settings.runtime).await?;
    check_role(&lambda, call.account(), &settings.role)?;
    if let Some(vpc) = settings.connected() {
        vpc::check_permissions(&lambda, call.account(), &settings.role, vpc)?;
    }
    let tags = tags::checked(input.tags.unwrap_or_default())?;
    let code = take_code(&lambda, input.code.unwrap_or_default()).await?;

    let (account, now, publishes) = (call.account().to_owned(), lambda.now(), input.publish == Some(true));
    let mut function = Function::new(name.arn(), &account, &name.name, now);
    function.tags = tags;
    function.code_signing_config = input.code_signing_config_arn;
    let latest = Version::first(&function.arn, &account, &name.name, settings, code, now);
    let made = lambda
        .store
        .transact::<_, Error, _>(move |tx| {
            if tx.get::<Function>(&function.arn)?.is_some() {
                return Err(Error::Conflict(format!("Function already exist: {}", function.name)));
            }
            check_layers(tx, &account, &latest, &[])?;
            check_storage(tx, &account, latest.code.size)?;
            if let Some(arn) = &function.code_signing_config {
                let config = tx.get::<CodeSigningConfig>(arn)?;
                let config = config.ok_or_else(|| Error::NoCodeSigningConfig(arn.clone()))?;
                check_signature(&config)?;
            }
            tx.put(&function)?;
            tx.put(&latest)?;
            if publishes { publish(tx, &function.arn, None) } else { Ok(latest) }
        })
        .await?;
    let arn = if made.is_latest() { made.function.clone() } else { made.qualified_arn().to_owned() };
    Ok(view::configuration(&lambda.store, &made, arn)?)
}

fn refusable(input: &CreateFunctionRequest) -> Refusable<'_> {
    Refusable {
        snap_start: input.snap_start.as_ref(),
        kms_key: input.kms_key_arn.as_deref(),
        has_file_systems: input.file_system_configs.as_ref().is_some_and(|list| !list.is_empty()),
        has_image_config: input.image_config.is_some() || input.package_type.as_deref() == Some("Image"),
        has_tenancy: input.tenancy_config.is_some(),
        has_capacity_provider: input.capacity_provider_config.is_some() || input.publish_to.is_some(),
        has_durability: input.durable_config.is_some(),
        has_runtime_config: input.runtime_config.is_some(),
        has_accelerator: input.accelerator_config.is_some(),
    }
}

fn required(value: Option<String>) -> Result<String, Error> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Error::invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    })
}

/// Functions run on the host's processor.
pub(super) fn architecture(wanted: Option<&[String]>) -> Result<String, Error> {
    let host = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    match wanted {
        None | Some([]) => Ok(host.to_owned()),
        Some([one]) if one == host => Ok(host.to_owned()),
        Some([one]) => Err(Error::invalid(format!("Architectures: this host runs {host}, not {one}."))),
        Some(_) => Err(Error::invalid("Architectures: a function has one.")),
    }
}

/// The package of a request. What would have to be fetched from elsewhere is refused.
async fn take_code(lambda: &Lambda, code: FunctionCode) -> Result<Code, Error> {
    refuse_elsewhere(code.s3_bucket.as_deref(), code.image_uri.as_deref(), code.source_kms_key_arn.as_deref())?;
    let package = code.zip_file.ok_or_else(|| Error::invalid("Please provide a source for function code."))?;
    lambda.packages.take(package, true).await
}

pub(super) fn refuse_elsewhere(bucket: Option<&str>, image: Option<&str>, key: Option<&str>) -> Result<(), Error> {
    if bucket.is_some() {
        return Err(Error::invalid("S3Bucket: this region has no S3 (yet). Send the package itself as ZipFile."));
    }
    if image.is_some() {
        return Err(Error::invalid(
            "ImageUri: this region has no registry of container images (yet). Send a zip package as ZipFile.",
        ));
    }
    if key.is_some_and(|key| !key.is_empty()) {
        return Err(Error::invalid("SourceKMSKeyArn: this region has no KMS."));
    }
    Ok(())
}

/// Packages here are never signed: there is no signer.
pub(super) fn check_signature(config: &CodeSigningConfig) -> Result<(), Error> {
    if config.refuses_unsigned() {
        return Err(Error::CodeVerificationFailed);
    }
    Ok(())
}
