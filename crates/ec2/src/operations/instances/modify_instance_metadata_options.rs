//! `ModifyInstanceMetadataOptions`.

use std::sync::Arc;

use freehold_api::ec2::{
    InstanceMetadataOptionsRequest, ModifyInstanceMetadataOptionsRequest, ModifyInstanceMetadataOptionsResult,
};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::model::Instance;
use crate::operations::dry_run;
use crate::{Ec2, launch, lookup};

pub async fn modify_instance_metadata_options(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyInstanceMetadataOptionsRequest,
) -> Result<ModifyInstanceMetadataOptionsResult> {
    let id = input.instance_id.ok_or(Error::MissingParameter("instanceId"))?;
    let said = launch::metadata_parameters(InstanceMetadataOptionsRequest {
        http_tokens: input.http_tokens,
        http_put_response_hop_limit: input.http_put_response_hop_limit,
        http_endpoint: input.http_endpoint,
        http_protocol_ipv6: input.http_protocol_ipv6,
        instance_metadata_tags: input.instance_metadata_tags,
    })?;
    let account = call.account().to_owned();
    let instance = ec2
        .store
        .transact(move |tx| {
            let mut instance: Instance = lookup::one(tx, &account, &id)?;
            if instance.state.is_ending() {
                return Err(Error::IncorrectInstanceState(format!(
                    "The instance ID '{id}' is not in a valid state to modify its metadata options."
                )));
            }
            let options = &mut instance.metadata;
            options.endpoint_enabled = said.endpoint_enabled.unwrap_or(options.endpoint_enabled);
            options.tokens_required = said.tokens_required.unwrap_or(options.tokens_required);
            options.hop_limit = said.hop_limit.unwrap_or(options.hop_limit);
            options.tags_enabled = said.tags_enabled.unwrap_or(options.tags_enabled);
            dry_run(input.dry_run)?;
            tx.put(&instance)?;
            Ok(instance)
        })
        .await?;
    Ok(ModifyInstanceMetadataOptionsResult {
        instance_metadata_options: Some(view::metadata_options(&instance.metadata)),
        instance_id: Some(instance.id),
    })
}
