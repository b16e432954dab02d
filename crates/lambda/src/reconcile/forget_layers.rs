//! Versions of layers that were deleted, once no function has them any more. Until then functions go on with them (*API
//! reference, DeleteLayerVersion*), and so do versions that are published of these.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Lambda;
use crate::errors::Error;
use crate::model::{LayerVersion, Version};

pub(crate) struct ForgetLayers(pub Arc<Lambda>);

fn is_used(versions: &[Version], layer: &str) -> bool {
    versions.iter().any(|version| version.settings.layers.iter().any(|arn| arn == layer))
}

#[async_trait]
impl Reconciler for ForgetLayers {
    fn name(&self) -> &'static str {
        "lambda.forget_layers"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let mut deleted = self.0.store.list::<LayerVersion>(&Filter::all())?;
        deleted.retain(|layer| layer.is_deleted);
        if deleted.is_empty() {
            return Ok(Vec::new());
        }
        let versions = self.0.store.list::<Version>(&Filter::all())?;
        let unused = deleted.into_iter().filter(|layer| !is_used(&versions, &layer.arn));
        Ok(unused.map(|layer| layer.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let id = key.to_owned();
        let forgotten = self.0.store.transact::<_, Error, _>(move |tx| {
            let is_deleted = tx.get::<LayerVersion>(&id)?.is_some_and(|layer| layer.is_deleted);
            if is_deleted && !is_used(&tx.list::<Version>(&Filter::all())?, &id) {
                tx.delete::<LayerVersion>(&id)?;
            }
            Ok(())
        });
        forgotten.await?;
        Ok(Next::Settled)
    }
}
