//! UpdateFunctionConfiguration: `$LATEST` gets other settings.

use std::sync::Arc;

use freehold_api::lambda::{FunctionConfiguration, UpdateFunctionConfigurationRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::{changeable, check_layers, check_role, check_runtime, vpc};
use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::model::Dismissed;
use crate::names::FunctionName;
use crate::settings::{Refusable, Wanted};
use crate::view;

pub(super) async fn update_function_configuration(
    lambda: Arc<Lambda>,
    call: Call,
    input: UpdateFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, freehold_wire::Error> {
    let name = FunctionName::read_unqualified(&call, input.function_name.as_deref())?;
    lookup::function(&lambda.store, &name)?;
    refusable(&input).check()?;
    if let Some(runtime) = &input.runtime {
        check_runtime(&lambda, runtime).await?;
    }
    if let Some(role) = &input.role {
        check_role(&lambda, &name.account, role)?;
    }
    let vpc = vpc::wanted(&lambda, &name.account, input.vpc_config.clone()).await?;
    if input.role.is_some() || vpc.is_some() {
        let mut settings = lookup::version(&lambda.store, &name)?.settings;
        settings.apply(Wanted { role: input.role.clone(), vpc: vpc.clone(), ..Wanted::default() })?;
        if let Some(vpc) = settings.connected() {
            vpc::check_permissions(&lambda, &name.account, &settings.role, vpc)?;
        }
    }
    let wanted = Wanted {
        runtime: input.runtime,
        handler: input.handler,
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
    };
    let (arn, now) = (name.arn(), lambda.now());
    let changed = lambda
        .store
        .transact::<_, Error, _>(move |tx| {
            let mut latest = changeable(tx, &arn, input.revision_id.as_deref())?;
            let dropped = latest.build.clone();
            let before = latest.settings.layers.clone();
            latest.settings.apply(wanted)?;
            latest.change(now);
            check_layers(tx, &latest.account.clone(), &latest, &before)?;
            if latest.live.as_ref() != Some(&dropped) {
                tx.put(&Dismissed::build(&latest.account, &dropped))?;
            }
            tx.put(&latest)?;
            Ok(latest)
        })
        .await?;
    let arn = changed.function.clone();
    Ok(view::configuration(&lambda.store, &changed, arn)?)
}

fn refusable(input: &UpdateFunctionConfigurationRequest) -> Refusable<'_> {
    Refusable {
        snap_start: input.snap_start.as_ref(),
        kms_key: input.kms_key_arn.as_deref(),
        has_file_systems: input.file_system_configs.as_ref().is_some_and(|list| !list.is_empty()),
        has_image_config: input.image_config.is_some(),
        has_tenancy: false,
        has_capacity_provider: input.capacity_provider_config.is_some(),
        has_durability: input.durable_config.is_some(),
        has_runtime_config: input.runtime_config.is_some(),
        has_accelerator: input.accelerator_config.is_some(),
    }
}
