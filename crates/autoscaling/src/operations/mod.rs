//! Auto Scaling's operations, in families: a folder each with one file per operation, and a `register` that names them.

mod activities;
mod check;
mod groups;
mod hooks;
mod instances;
mod launch_configurations;
mod metrics;
mod notifications;
mod pages;
mod policies;
mod processes;
mod refreshes;
mod schedules;
mod show;
mod tags;
mod traffic;
mod warm_pools;

use std::future::Future;
use std::sync::Arc;

use freehold_wire::Call;
use freehold_wire::service::{Operation, Service};

use crate::AutoScaling;
use crate::errors::Result;

/// The service with all its operations.
pub(crate) fn service(own: &Arc<AutoScaling>) -> Service {
    let service = Service::new(&freehold_api::autoscaling::MODEL);
    let mut operations = Operations { service, own: Arc::clone(own) };
    for register in [
        activities::register,
        groups::register,
        hooks::register,
        instances::register,
        launch_configurations::register,
        metrics::register,
        notifications::register,
        policies::register,
        processes::register,
        refreshes::register,
        schedules::register,
        tags::register,
        traffic::register,
        warm_pools::register,
    ] {
        operations = register(operations);
    }
    operations.service
}

/// Collects operations.
struct Operations {
    service: Service,
    own: Arc<AutoScaling>,
}

impl Operations {
    /// Lets `function` answer the operation `O`.
    fn on<O, F, Fut>(mut self, operation: O, function: F) -> Self
    where
        O: Operation,
        F: Fn(Arc<AutoScaling>, Call, O::Input) -> Fut + Send + Sync + Copy + 'static,
        Fut: Future<Output = Result<O::Output>> + Send + 'static,
    {
        self.service =
            self.service.on(operation, &self.own, move |own: Arc<AutoScaling>, call: Call, input| async move {
                Ok(function(own, call, input).await?)
            });
        self
    }
}
