//! DeleteFunction: the function with all that belongs to it, or one version.

use std::sync::Arc;

use freehold_api::lambda::{DeleteFunctionRequest, DeleteFunctionResponse};
use freehold_store::{Document, Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;
use jiff::Timestamp;

use crate::Lambda;
use crate::errors::Error;
use crate::lookup;
use crate::metering;
use crate::model::{Alias, Dismissed, EventInvoke, Function, FunctionUrl, Provisioned, Version};
use crate::names::{FunctionName, LATEST, is_number};

pub(super) async fn delete_function(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionRequest,
) -> Result<DeleteFunctionResponse, freehold_wire::Error> {
    let name = FunctionName::read(&call, input.function_name.as_deref(), input.qualifier.as_deref())?;
    let now = lambda.now();
    lambda
        .store
        .transact::<_, Error, _>(move |tx| match name.qualifier.as_deref() {
            None => delete_all(tx, &name, now),
            Some(LATEST) => Err(Error::invalid("$LATEST version cannot be deleted without deleting the function.")),
            Some(number) if is_number(number) => delete_version(tx, &name, number, now),
            Some(_) => Err(Error::invalid("Deletion of aliases is not currently supported.")),
        })
        .await?;
    Ok(DeleteFunctionResponse { status_code: Some(204) })
}

fn delete_all(tx: &mut dyn Tx, name: &FunctionName, now: Timestamp) -> Result<(), Error> {
    let function = lookup::function(&mut *tx, name)?;
    let arn = &function.arn;
    for version in tx.list::<Version>(&Filter::index(0, arn))? {
        dismiss(tx, &version)?;
    }
    delete_each::<Alias>(tx, arn)?;
    delete_each::<EventInvoke>(tx, arn)?;
    delete_each::<FunctionUrl>(tx, arn)?;
    for config in tx.list::<Provisioned>(&Filter::index(0, arn))? {
        metering::release(tx, &config.arn, now)?;
    }
    tx.put(&Dismissed::queue(&function.account, function.queue))?;
    tx.delete::<Function>(arn)?;
    Ok(())
}

/// Its environments and its directory are left to a reconciler.
fn dismiss(tx: &mut dyn Tx, version: &Version) -> Result<(), Error> {
    for build in [Some(&version.build), version.live.as_ref()].into_iter().flatten() {
        tx.put(&Dismissed::build(&version.account, build))?;
    }
    tx.delete::<Version>(version.qualified_arn())?;
    Ok(())
}

fn delete_each<D: Document>(tx: &mut dyn Tx, function: &str) -> Result<(), Error> {
    for found in tx.list::<D>(&Filter::index(0, function))? {
        tx.delete::<D>(found.id())?;
    }
    Ok(())
}

fn delete_version(tx: &mut dyn Tx, name: &FunctionName, number: &str, now: Timestamp) -> Result<(), Error> {
    let arn = name.arn();
    lookup::function(&mut *tx, name)?;
    // *API reference, DeleteFunction*: a version that an alias refers to stays.
    let aliases = tx.list::<Alias>(&Filter::index(0, &*arn))?;
    let users: Vec<&str> = aliases
        .iter()
        .filter(|alias| alias.version == number || alias.weights.contains_key(number))
        .map(|alias| alias.name.as_str())
        .collect();
    if !users.is_empty() {
        return Err(Error::Conflict(format!(
            "Version was not able to be deleted because the following aliases reference it: [{}]",
            users.join(", ")
        )));
    }
    // To delete what is not there is no error.
    if let Some(version) = tx.get::<Version>(&Version::id(&arn, number))? {
        dismiss(tx, &version)?;
        tx.delete::<EventInvoke>(version.qualified_arn())?;
        metering::release(tx, version.qualified_arn(), now)?;
    }
    Ok(())
}
