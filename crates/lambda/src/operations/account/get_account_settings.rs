//! GetAccountSettings.

use std::sync::Arc;

use freehold_api::lambda::{AccountLimit, AccountUsage, GetAccountSettingsRequest, GetAccountSettingsResponse};
use freehold_store::{Filter, StoreExt};
use freehold_wire::Call;

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::ACCOUNT_LIMIT;
use crate::model::{Function, LayerVersion, Version};
use crate::operations::functions::MOST_STORED;

pub(super) async fn get_account_settings(
    lambda: Arc<Lambda>,
    call: Call,
    _: GetAccountSettingsRequest,
) -> Result<GetAccountSettingsResponse, freehold_wire::Error> {
    let of_account = Filter::account(call.account());
    let functions = lambda.store.list::<Function>(&of_account).map_err(Error::from)?;
    let versions = lambda.store.list::<Version>(&of_account).map_err(Error::from)?;
    let layers = lambda.store.list::<LayerVersion>(&of_account).map_err(Error::from)?;
    let stored: u64 = versions.iter().map(|version| version.code.size).sum::<u64>()
        + layers.iter().filter(|layer| !layer.is_deleted).map(|layer| layer.code.size).sum::<u64>();
    let left = ACCOUNT_LIMIT - lambda.total_reserved(call.account())?;
    Ok(GetAccountSettingsResponse {
        account_limit: Some(AccountLimit {
            total_code_size: i64::try_from(MOST_STORED).ok(),
            code_size_unzipped: Some(250 << 20),
            code_size_zipped: Some(50 << 20),
            concurrent_executions: i32::try_from(ACCOUNT_LIMIT).ok(),
            unreserved_concurrent_executions: i32::try_from(left).ok(),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: i64::try_from(stored).ok(),
            function_count: i64::try_from(functions.len()).ok(),
        }),
    })
}
