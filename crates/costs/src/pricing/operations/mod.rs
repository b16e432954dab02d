//! One file per operation, named as AWS names it.

mod describe_services;
mod filters;
mod get_attribute_values;
mod get_products;

use std::sync::Arc;

use freehold_api::pricing::{self, op};
use freehold_wire::Service;

use super::errors::{Error, Result};
use crate::Costs;

/// The service `pricing`.
pub(crate) fn service(state: &Arc<Costs>) -> Service {
    Service::new(&pricing::MODEL)
        .on(op::DescribeServices, state, describe_services::describe_services)
        .on(op::GetAttributeValues, state, get_attribute_values::get_attribute_values)
        .on(op::GetProducts, state, get_products::get_products)
}

/// Away from other requests: the list of EC2 has many products.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "the price list cannot be read");
        Error::Internal
    })?
}
