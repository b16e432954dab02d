//! What was unpacked and is of no use: layers that no build names, builds that no version has (a step of
//! [`super::prepare`] that was cut off may finish one after its function is gone), and what a crash left unfinished.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_functions::spec::Revision;
use freehold_store::{Filter, StoreExt};

use super::prepare::UNPACKING;
use crate::Lambda;
use crate::model::{Dismissed, Remains, Version};

pub(crate) struct ForgetUnpacked(pub Arc<Lambda>);

#[async_trait]
impl Reconciler for ForgetUnpacked {
    fn name(&self) -> &'static str {
        "lambda.forget_unpacked"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let lambda = Arc::clone(&self.0);
        Ok(tokio::task::spawn_blocking(move || useless(&lambda)).await??.into_iter().collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let (lambda, key) = (Arc::clone(&self.0), key.to_owned());
        let removed = tokio::task::spawn_blocking(move || -> Result<(), Failure> {
            // Nobody unpacks meanwhile, so that what is useless stays so.
            let _alone = UNPACKING.lock().unwrap_or_else(PoisonError::into_inner);
            if useless(&lambda)?.contains(&key) {
                remove(&lambda.layout.root().join(&key))?;
            }
            Ok(())
        });
        removed.await??;
        Ok(Next::Settled)
    }
}

/// Directories below that of functions: `layers/…`, `revisions/…`.
fn useless(lambda: &Lambda) -> Result<BTreeSet<String>, Failure> {
    let builds = names(&lambda.layout.revisions())?;
    let layers = names(&lambda.layout.layers())?;
    if builds.is_empty() && layers.is_empty() {
        return Ok(BTreeSet::new());
    }
    // A version is in the store before its build is on disk, and what is to be dismissed when it goes.
    let mut known: BTreeSet<String> = BTreeSet::new();
    for version in lambda.store.list::<Version>(&Filter::all())? {
        known.extend(version.live);
        known.insert(version.build);
    }
    for dismissed in lambda.store.list::<Dismissed>(&Filter::all())? {
        if let Remains::Build(build) = dismissed.what {
            known.insert(build);
        }
    }
    let mut useless = BTreeSet::new();
    let mut used = BTreeSet::new();
    for build in builds {
        if is_unfinished(&build) || !known.contains(&build) {
            useless.insert(format!("revisions/{build}"));
        } else {
            used.extend(layers_of(&lambda.layout.spec(&build))?);
        }
    }
    let unused = layers.into_iter().filter(|layer| is_unfinished(layer) || !used.contains(layer));
    useless.extend(unused.map(|layer| format!("layers/{layer}")));
    Ok(useless)
}

/// Under such a name a directory is filled.
fn is_unfinished(name: &str) -> bool {
    name.starts_with('.')
}

/// Names of the layers' directories that a build is made of.
fn layers_of(spec: &Path) -> Result<Vec<String>, Failure> {
    let spec = match fs::read(spec) {
        // The node has removed it just now.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        spec => spec?,
    };
    let revision: Revision = serde_json::from_slice(&spec)?;
    let name = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(revision.layers.into_iter().filter_map(name).collect())
}

fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Under the name of what is unfinished first: half of it is never taken for all of it.
fn remove(path: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let name = name.to_string_lossy();
    let doomed = parent.join(format!(".{}", name.trim_start_matches('.')));
    if doomed != path {
        match fs::remove_dir_all(&doomed) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(path, &doomed)?;
    }
    fs::remove_dir_all(&doomed)
}
