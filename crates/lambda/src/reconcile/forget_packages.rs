//! Packages and unpacked layers that no version refers to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt};

use crate::Lambda;
use crate::model::{LayerVersion, Version};
use crate::packages::file_name;

pub(crate) struct ForgetPackages(pub Arc<Lambda>);

impl ForgetPackages {
    /// Whether a version of a function or layer has the package with this name.
    fn is_used(&self, name: &str) -> Result<bool, freehold_store::Error> {
        let store = &self.0.store;
        let is_it = |sha256: &str| file_name(sha256) == name.trim_end_matches(".zip");
        let layers = store.list::<LayerVersion>(&Filter::all())?;
        if layers.iter().any(|layer| is_it(&layer.code.sha256)) {
            return Ok(true);
        }
        Ok(store.list::<Version>(&Filter::all())?.iter().any(|version| is_it(&version.code.sha256)))
    }
}

#[async_trait]
impl Reconciler for ForgetPackages {
    fn name(&self) -> &'static str {
        "lambda.forget_packages"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let packages = self.0.packages.clone();
        let old = tokio::task::spawn_blocking(move || packages.old()).await??;
        let mut unused = Vec::new();
        for name in old {
            if !self.is_used(&name)? {
                unused.push(name);
            }
        }
        Ok(unused)
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        if !self.is_used(key)? {
            self.0.packages.remove(key)?;
        }
        Ok(Next::Settled)
    }
}
