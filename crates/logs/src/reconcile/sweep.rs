//! Events of deleted streams are removed, bit by bit.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};

use crate::Logs;

pub(super) struct Sweep(pub Arc<Logs>);

#[async_trait]
impl Reconciler for Sweep {
    fn name(&self) -> &'static str {
        "logs.sweep"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(60)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(if self.0.events.has_garbage()? { vec!["streams".to_owned()] } else { Vec::new() })
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        Ok(if self.0.events.sweep().await? { Next::Again } else { Next::Settled })
    }
}
