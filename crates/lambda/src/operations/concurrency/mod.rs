//! Reserved and provisioned concurrency.

mod delete_function_concurrency;
mod delete_provisioned_concurrency_config;
mod get_function_concurrency;
mod get_provisioned_concurrency_config;
mod list_provisioned_concurrency_configs;
mod put_function_concurrency;
mod put_provisioned_concurrency_config;
mod ready;

use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::{Call, Service};

use crate::Lambda;
use crate::errors::Error;
use crate::invoke::{ACCOUNT_LIMIT, UNRESERVED_MINIMUM};
use crate::lookup;
use crate::model::{Function, Provisioned};
use crate::names::{FunctionName, LATEST};

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::DeleteFunctionConcurrency, lambda, delete_function_concurrency::delete_function_concurrency)
        .on(
            op::DeleteProvisionedConcurrencyConfig,
            lambda,
            delete_provisioned_concurrency_config::delete_provisioned_concurrency_config,
        )
        .on(op::GetFunctionConcurrency, lambda, get_function_concurrency::get_function_concurrency)
        .on(
            op::GetProvisionedConcurrencyConfig,
            lambda,
            get_provisioned_concurrency_config::get_provisioned_concurrency_config,
        )
        .on(
            op::ListProvisionedConcurrencyConfigs,
            lambda,
            list_provisioned_concurrency_configs::list_provisioned_concurrency_configs,
        )
        .on(op::PutFunctionConcurrency, lambda, put_function_concurrency::put_function_concurrency)
        .on(
            op::PutProvisionedConcurrencyConfig,
            lambda,
            put_provisioned_concurrency_config::put_provisioned_concurrency_config,
        )
}

/// What the account would have left for functions without a reservation: what others reserved is taken off, and what is
/// provisioned for functions without one.
fn check_left(tx: &mut dyn Tx, account: &str, changed: &Function, provisioned: u32, what: &str) -> Result<(), Error> {
    let functions = tx.list::<Function>(&Filter::account(account))?;
    let others = functions.iter().filter(|function| function.arn != changed.arn);
    let reserved: u32 = others.filter_map(|function| function.reserved).sum::<u32>() + changed.reserved.unwrap_or(0);
    let shared = if changed.reserved.is_some() { 0 } else { provisioned };
    if reserved + shared > ACCOUNT_LIMIT - UNRESERVED_MINIMUM {
        return Err(Error::invalid(format!(
            "Specified {what} for function decreases account's UnreservedConcurrentExecution below its minimum value of \
             [{UNRESERVED_MINIMUM}]."
        )));
    }
    Ok(())
}

/// What is provisioned for all versions of a function, but for the one of this ARN.
fn provisioned(tx: &mut dyn Tx, function: &str, but: &str) -> Result<u32, Error> {
    let found = tx.list::<Provisioned>(&Filter::index(0, function))?;
    Ok(found.iter().filter(|found| found.arn != but).map(|found| found.requested).sum())
}

/// A version or alias that can have provisioned concurrency.
fn qualified(call: &Call, function: Option<&str>, qualifier: Option<&str>) -> Result<FunctionName, Error> {
    let name = FunctionName::read(call, function, qualifier)?;
    if name.qualifier() == LATEST {
        return Err(unpublished());
    }
    Ok(name)
}

fn unpublished() -> Error {
    Error::invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
}

fn find(lambda: &Lambda, name: &FunctionName) -> Result<Provisioned, Error> {
    lookup::function(&lambda.store, name)?;
    let found = lambda.store.get::<Provisioned>(&name.qualified_arn())?;
    found.ok_or(Error::NoProvisionedConcurrency)
}
