//! Measurements grow coarse with age, and are forgotten.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};

use crate::CloudWatch;

pub(super) struct Retain(pub Arc<CloudWatch>);

#[async_trait]
impl Reconciler for Retain {
    fn name(&self) -> &'static str {
        "cloudwatch.retain"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(300)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(vec!["series".to_owned()])
    }

    async fn step(&self, _: &str) -> Result<Next, Failure> {
        let has_more = self.0.series.retain(self.0.now().as_second()).await?;
        Ok(if has_more { Next::Again } else { Next::Settled })
    }
}
