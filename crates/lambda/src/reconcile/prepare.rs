//! Versions whose code is not yet where it would run: unpacked beside what the node must know of it, under the name of the
//! build. A directory is written under another name and renamed when it is whole, so one that is there is done.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_functions::layout::Layout;
use freehold_functions::spec;
use freehold_store::{Document, Filter, StoreExt, TxExt};

use crate::Lambda;
use crate::connections::{Connection, release};
use crate::errors::Error;
use crate::model::{self, Dismissed, LayerVersion, Update, Version};
use crate::packages::{Packages, UnpackError, file_name, unpack};

/// How long until it is looked again whether interfaces are there; their making ends the pause early.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Prepare(pub Arc<Lambda>);

#[async_trait]
impl Reconciler for Prepare {
    fn name(&self) -> &'static str {
        "lambda.prepare"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn concurrency(&self) -> usize {
        4
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let found = self.0.store.list::<Version>(&Filter::index(1, "unsettled"))?;
        Ok(found.into_iter().map(|version| version.id().to_owned()).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let lambda = &self.0;
        let version = lambda.store.get::<Version>(key)?.filter(|version| version.update == Update::InProgress);
        let Some(version) = version else { return Ok(Next::Settled) };
        let network = match lambda.connect(&version).await? {
            Connection::Ready(network) => network,
            Connection::UnderWay => return Ok(Next::After(PAUSE)),
            Connection::Failed(failure) => {
                self.settle(version, Err(failure)).await?;
                return Ok(Next::Settled);
            }
        };
        let mut layers = Vec::new();
        for arn in &version.settings.layers {
            // A layer that functions have is kept when it is deleted.
            layers.extend(lambda.store.get::<LayerVersion>(arn)?.map(|layer| layer.code.sha256));
        }
        let work = Work {
            layout: lambda.layout.clone(),
            packages: lambda.packages.clone(),
            layers,
            region: lambda.region.clone(),
            network,
            version: version.clone(),
        };
        let outcome = match tokio::task::spawn_blocking(move || work.carry_out()).await? {
            Ok(()) => Ok(()),
            Err(UnpackError::Package(reason)) => Err(reason.into()),
            Err(UnpackError::Io(error)) => return Err(error.into()),
        };
        self.settle(version, outcome).await?;
        Ok(Next::Settled)
    }
}

impl Prepare {
    async fn settle(&self, seen: Version, outcome: Result<(), model::Failure>) -> Result<(), Error> {
        let settled = self.0.store.transact::<_, Error, _>(move |tx| {
            let found = tx.get::<Version>(seen.qualified_arn())?;
            // Another build is wanted by now, or none.
            let Some(mut version) = found.filter(|found| found.build == seen.build) else {
                return Ok(());
            };
            let old = version.live.clone().filter(|old| *old != version.build);
            version.settle(outcome.as_ref().copied());
            if outcome.is_err() {
                release(tx, &version.account, &version.build)?;
            }
            if let Some(old) = old.filter(|_| outcome.is_ok()) {
                tx.put(&Dismissed::build(&version.account, &old))?;
            }
            Ok(tx.put(&version)?)
        });
        settled.await
    }
}

/// One at a time: a step that was cut off still unpacks on its thread, and functions may share a layer; both would fill the
/// directory that another one removes.
pub(super) static UNPACKING: Mutex<()> = Mutex::new(());

/// What a step does to the disk.
struct Work {
    layout: Layout,
    packages: Packages,
    /// Digests of the layers' packages.
    layers: Vec<String>,
    region: String,
    network: spec::Network,
    version: Version,
}

impl Work {
    fn carry_out(&self) -> Result<(), UnpackError> {
        let _alone = UNPACKING.lock().unwrap_or_else(PoisonError::into_inner);
        let layers = self.layers.iter().map(|sha256| self.layer(sha256)).collect::<Result<Vec<_>, _>>()?;
        let build = self.layout.revision(&self.version.build);
        if build.exists() {
            return Ok(());
        }
        whole(&build, |directory| {
            let code = directory.join("code");
            fs::create_dir(&code)?;
            unpack(&self.packages.path(&self.version.code.sha256), &code)?;
            let spec = serde_json::to_vec_pretty(&self.spec(layers)).map_err(io::Error::from)?;
            fs::write(directory.join("spec.json"), spec)?;
            Ok(())
        })
    }

    /// The directory of an unpacked layer, which all functions share that have it.
    fn layer(&self, sha256: &str) -> Result<PathBuf, UnpackError> {
        let path = self.layout.layers().join(file_name(sha256));
        if !path.exists() {
            whole(&path, |directory| unpack(&self.packages.path(sha256), directory))?;
        }
        Ok(path)
    }

    fn spec(&self, layers: Vec<PathBuf>) -> spec::Revision {
        let Version { settings, .. } = &self.version;
        spec::Revision {
            account: self.version.account.clone(),
            region: self.region.clone(),
            function: self.version.name.clone(),
            arn: self.version.function.clone(),
            version: self.version.number.clone(),
            runtime: settings.runtime.clone(),
            handler: settings.handler.clone(),
            layers,
            environment: settings.variables.clone(),
            memory_mib: settings.memory_mib,
            tmp_mib: settings.ephemeral_mib,
            timeout_seconds: settings.timeout,
            logging: spec::Logging {
                group: settings.logging.group_of(&self.version.name),
                format: if settings.logging.is_json { spec::LogFormat::Json } else { spec::LogFormat::Text },
                application_level: settings.logging.application_level.clone(),
                system_level: settings.logging.system_level.clone(),
            },
            network: self.network.clone(),
            is_traced: settings.traces,
        }
    }
}

/// Fills a directory under another name and renames it when it is whole and on disk: one that is there is whole whatever
/// became of the host. What a crash left of an earlier attempt is removed.
fn whole(path: &Path, fill: impl FnOnce(&Path) -> Result<(), UnpackError>) -> Result<(), UnpackError> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
    };
    fs::create_dir_all(parent)?;
    let unfinished = parent.join(format!(".{}", name.to_string_lossy()));
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::create_dir(&unfinished)?;
    fill(&unfinished)?;
    // Thousands of files at once, instead of each by itself.
    rustix::fs::syncfs(fs::File::open(&unfinished)?).map_err(io::Error::from)?;
    match fs::rename(&unfinished, path) {
        // Two functions may have unpacked the same layer.
        Err(_) if path.exists() => fs::remove_dir_all(&unfinished)?,
        outcome => outcome?,
    }
    fs::File::open(parent)?.sync_all()?;
    Ok(())
}
