//! EC2's operations, in families. Each family is a folder with one file per operation and a `register` that names
//! them; nothing else needs to be touched to add one.
//!
//! An operation is `async fn describe_vpcs(ec2: Arc<Ec2>, call: Call, input: DescribeVpcsRequest) -> Result<…>`. When
//! it is called the account has its default network, the caller's signature and permission are checked, and the input
//! satisfies its model.

mod capacity_reservations;
mod catalogue;
mod fleets;
mod hosts;
mod images;
mod instances;
mod interfaces;
mod reserved_instances;
mod security;
mod spot;
mod spot_fleets;
mod vpc;

pub(crate) use instances::view as instance_view;
pub(crate) use instances::view::wish as shown_wish;

use std::future::Future;
use std::sync::Arc;

use freehold_wire::Call;
use freehold_wire::service::{Operation, Service};

use crate::Ec2;
use crate::errors::{Error, Result};

/// The service with all its operations.
pub fn service(ec2: &Arc<Ec2>) -> Service {
    let mut operations = Operations { service: Service::new(&freehold_api::ec2::MODEL), ec2: Arc::clone(ec2) };
    for register in [
        instances::register,
        spot::register,
        fleets::register,
        spot_fleets::register,
        hosts::register,
        capacity_reservations::register,
        reserved_instances::register,
        vpc::register,
        interfaces::register,
        security::register,
        images::register,
        catalogue::register,
    ] {
        operations = register(operations);
    }
    operations.service
}

/// Collects operations.
pub struct Operations {
    service: Service,
    ec2: Arc<Ec2>,
}

impl Operations {
    /// Lets `function` answer the operation `O`.
    pub fn on<O, F, Fut>(mut self, operation: O, function: F) -> Self
    where
        O: Operation,
        F: Fn(Arc<Ec2>, Call, O::Input) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<O::Output>> + Send + 'static,
    {
        self.service = self.service.on(operation, &self.ec2, move |ec2: Arc<Ec2>, call: Call, input| async move {
            ec2.welcome(call.account()).await?;
            Ok(function(ec2, call, input).await?)
        });
        self
    }
}

/// Ends a call that asked only whether it would succeed. To be called when everything is checked and nothing is done.
pub(crate) fn dry_run(asked: Option<bool>) -> Result<()> {
    if asked == Some(true) { Err(Error::DryRunOperation) } else { Ok(()) }
}
