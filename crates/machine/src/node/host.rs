//! [`HostNodes`]: nodes as processes of this host.

use std::collections::HashMap;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{OwnedMutexGuard, watch};

use super::directory::{Directory, Record};
use super::pauses::Pauses;
use super::process::Identity;
use super::program::Program;
use super::{NodeDriver, NodeSpec, NodeState, collect, launch, namespace};
use crate::container::{GROUPS, cgroup};
use crate::driver::{Error, Result};
use crate::net::Network;
use crate::net::names::Tag;
use crate::vm::process_ended;

/// What a program that was told to end gets to do so.
const MOMENT: Duration = Duration::from_secs(1);

/// Runs nodes below a data directory. Cheap to clone.
#[derive(Clone)]
pub struct HostNodes {
    shared: Arc<Shared>,
}

struct Shared {
    /// One directory a node.
    all: PathBuf,
    tag: Tag,
    network: Arc<dyn Network>,
    program: Program,
    exits: watch::Sender<u64>,
    pauses: Pauses,
    /// One lock a node: what is asked of it happens in order.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl HostNodes {
    /// Opens `<data_dir>/balancers` and adopts the nodes that run. Must be called within a runtime.
    pub fn new(data_dir: &Path, network: Arc<dyn Network>, program: Program) -> Result<Self> {
        let all = data_dir.join("balancers");
        let shared = Shared {
            all,
            tag: Tag::of(data_dir),
            network,
            program,
            exits: watch::Sender::new(0),
            pauses: Pauses::default(),
            turns: Mutex::default(),
        };
        let nodes = Self { shared: Arc::new(shared) };
        for id in nodes.shared.ids()? {
            let directory = nodes.shared.directory(&id)?;
            if let Some((process, descriptor)) = living(&directory)? {
                tracing::info!(node = id, pid = process.pid, "adopted");
                nodes.watch(&id, descriptor);
            }
        }
        Ok(nodes)
    }

    /// Tells of the end of a program, and lets the kernel forget it if it was our child.
    fn watch(&self, id: &str, process: OwnedFd) {
        let (shared, id) = (Arc::downgrade(&self.shared), id.to_owned());
        tokio::spawn(async move {
            if let Err(error) = process_ended(process).await {
                tracing::error!(node = id, %error, "a node is no longer watched");
            }
            if let Some(shared) = shared.upgrade() {
                tracing::warn!(node = id, "the node's program ended");
                shared.exits.send_modify(|count| *count += 1);
            }
        });
    }
}

/// The node's process, if it lives.
fn living(directory: &Directory) -> Result<Option<(Identity, OwnedFd)>> {
    let process = directory.record()?.and_then(|record| record.process);
    Ok(process.and_then(|process| Some((process, process.find(&directory.group())?))))
}

impl Shared {
    fn directory(&self, id: &str) -> Result<Directory> {
        Directory::new(&self.all, id)
    }

    fn ids(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.all) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::io("list the nodes", error)),
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut ids: Vec<_> = names.filter(|name| self.directory(name).is_ok_and(|found| found.exists())).collect();
        ids.sort();
        Ok(ids)
    }

    async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody holds or waits for are only in the map.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(id.to_owned()).or_default())
        };
        turn.lock_owned().await
    }

    /// The namespace with these interfaces, of which the record knows already.
    async fn connect(self: &Arc<Self>, old: Option<&NodeSpec>, spec: &NodeSpec) -> Result<PathBuf> {
        let kept = |interface: &str| spec.interfaces.iter().any(|wanted| wanted.eni == interface);
        for gone in old.iter().flat_map(|old| &old.interfaces).filter(|gone| !kept(&gone.eni)) {
            self.network.detach(gone).await?;
        }
        let id = spec.id.clone();
        let path = self.blocking(move |shared| namespace::ensure(&shared.tag, &id)).await?;
        for (index, interface) in spec.interfaces.iter().enumerate() {
            self.network.attach_namespace(interface, index, &path).await?;
        }
        if spec.relays {
            let inside = path.clone();
            self.blocking(move |_| namespace::receive_for_clients(&inside)).await?;
        }
        Ok(path)
    }

    /// Runs what blocks where it may.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&shared)).await;
        done.map_err(|error| Error::io("run in the background", std::io::Error::other(error)))?
    }

    /// Starts the program anew and writes down which process it is. What was left in the control group, such as a
    /// program whose number nobody came to write down, ends first.
    fn start(&self, directory: &Directory, spec: &NodeSpec, namespace: &Path) -> Result<(Identity, OwnedFd)> {
        cgroup::clear(&directory.group())?;
        let child = launch::spawn(&self.program, directory, namespace, spec.relays)?;
        let gone = || Error::Program { program: "a node", detail: "it ended at once; see its node.log".into() };
        let process = Identity::of(child.id()).ok_or_else(gone)?;
        directory.write_record(&Record { spec: spec.clone(), process: Some(process) })?;
        let descriptor = process.find(&directory.group()).ok_or_else(gone)?;
        Ok((process, descriptor))
    }
}

#[async_trait]
impl NodeDriver for HostNodes {
    fn runs(&self) -> bool {
        true
    }

    fn directory(&self, id: &str) -> Result<PathBuf> {
        Ok(self.shared.directory(id)?.path)
    }

    async fn configure(&self, id: &str, config: &[u8]) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let _turn = self.shared.turn(id).await;
        let config = config.to_vec();
        self.shared
            .blocking(move |_| {
                directory.make()?;
                directory.write_config(&config)
            })
            .await
    }

    async fn listen(&self, id: &str, name: &str) -> Result<UnixListener> {
        let directory = self.shared.directory(id)?;
        let _turn = self.shared.turn(id).await;
        let name = name.to_owned();
        self.shared.blocking(move |_| directory.listen(&name)).await
    }

    async fn ensure(&self, spec: &NodeSpec) -> Result<NodeState> {
        let directory = self.shared.directory(&spec.id)?;
        let _turn = self.shared.turn(&spec.id).await;
        let vpcs = self.shared.network.list().await?;
        if spec.interfaces.iter().any(|interface| !vpcs.contains(&interface.vpc)) {
            return Ok(NodeState::Waiting);
        }
        let old = directory.record()?;
        let process = old.as_ref().and_then(|old| old.process);
        if old.as_ref().map(|old| &old.spec) != Some(spec) {
            // Both the old interfaces and the new ones may be there from now until it is done.
            let mut interfaces = spec.interfaces.clone();
            let known = old.iter().flat_map(|old| &old.spec.interfaces);
            interfaces.extend(known.filter(|old| spec.interfaces.iter().all(|new| new.eni != old.eni)).cloned());
            directory.make()?;
            directory.write_record(&Record { spec: NodeSpec { interfaces, ..spec.clone() }, process })?;
        }
        let namespace = self.shared.connect(old.as_ref().map(|old| &old.spec), spec).await?;
        if let Some((process, _)) = living(&directory)? {
            let record = Record { spec: spec.clone(), process: Some(process) };
            if directory.record()?.as_ref() != Some(&record) {
                directory.write_record(&record)?;
            }
            return Ok(NodeState::Running { pid: process.pid });
        }
        if !self.shared.pauses.may_start(&spec.id, Instant::now()) {
            return Ok(NodeState::Dead);
        }
        let _groups = GROUPS.read().await;
        let wanted = spec.clone();
        let (process, descriptor) =
            self.shared.blocking(move |shared| shared.start(&directory, &wanted, &namespace)).await?;
        self.watch(&spec.id, descriptor);
        Ok(NodeState::Running { pid: process.pid })
    }

    fn status(&self, id: &str) -> Result<Option<Vec<u8>>> {
        self.shared.directory(id)?.status()
    }

    async fn collect(&self, id: &str, from: &str, to: &Path) -> Result<usize> {
        let directory = self.shared.directory(id)?;
        let (from, to) = (from.to_owned(), to.to_owned());
        self.shared.blocking(move |_| collect::collect(&directory.path, &from, &to)).await
    }

    async fn state(&self, id: &str) -> Result<NodeState> {
        let directory = self.shared.directory(id)?;
        Ok(match living(&directory)? {
            Some((process, _)) => NodeState::Running { pid: process.pid },
            None if directory.exists() => NodeState::Dead,
            None => NodeState::Absent,
        })
    }

    async fn end(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let _turn = self.shared.turn(id).await;
        // The second request is an order: whatever is under way is cut off.
        for _ in 0..2 {
            let Some((_, process)) = living(&directory)? else { return Ok(()) };
            let _ = rustix::process::pidfd_send_signal(&process, rustix::process::Signal::TERM);
            let _ = tokio::time::timeout(MOMENT, process_ended(process)).await;
        }
        Ok(())
    }

    async fn destroy(&self, id: &str) -> Result<()> {
        let directory = self.shared.directory(id)?;
        let _turn = self.shared.turn(id).await;
        self.shared.pauses.forget(id);
        let record = directory.record()?;
        let group = directory.group();
        self.shared.blocking(move |_| cgroup::clear(&group)).await?;
        for interface in record.iter().flat_map(|record| &record.spec.interfaces) {
            self.shared.network.detach(interface).await?;
        }
        let id = id.to_owned();
        self.shared
            .blocking(move |shared| {
                namespace::delete(&shared.tag, &id)?;
                directory.remove()?;
                // Goes if it was the last.
                let _ = fs::remove_dir(&shared.all);
                Ok(())
            })
            .await?;
        // Not while anything starts; then whoever is destroyed last does it.
        if let Ok(_alone) = GROUPS.try_write() {
            cgroup::remove_parent();
        }
        Ok(())
    }

    async fn list(&self) -> Result<Vec<String>> {
        self.shared.ids()
    }

    fn exits(&self) -> watch::Receiver<u64> {
        self.shared.exits.subscribe()
    }
}
