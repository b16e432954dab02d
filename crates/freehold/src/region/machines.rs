//! What instances are made of on this host, chosen once at start.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use freehold_ec2::images::{HostImages, NoImages};
use freehold_ec2::stored_images::StoredImages;
use freehold_machine::capacity::{Cores, Pool};
use freehold_machine::container::ContainerDriver;
use freehold_machine::image::{Image, ImageStore, Recipe};
use freehold_machine::net::Network;
use freehold_machine::net::host::HostNetwork;
use freehold_machine::net::hosts_file::HostsFile;
use freehold_machine::net::none::NoNetwork;
use freehold_machine::node::{HostNodes, NoNodes, NodeDriver, Program};
use freehold_machine::none::NoMachines;
use freehold_machine::probe::{Capabilities, Choice, Requested, choose};
use freehold_machine::vm::qemu::Flavour;
use freehold_machine::vm::{VmDriver, VmOptions};
use freehold_machine::{Driver, DriverKind};
use tokio::task::JoinHandle;

use super::{capacity, say};
use crate::cli::{self, Machines};
use crate::commands::image::build;
use crate::data_dir::DataDir;
use crate::terminal::Working;

/// Everything of the host that the region uses, and why this.
pub struct Hardware {
    pub driver: Arc<dyn Driver>,
    pub network: Arc<dyn Network>,
    /// What runs the nodes of load balancers.
    pub nodes: Arc<dyn NodeDriver>,
    /// Where the host finds them by their names; `None`: nowhere.
    pub hosts: Option<HostsFile>,
    pub images: Arc<dyn HostImages>,
    pub pool: Pool,
    /// What may be held by somebody alone.
    pub cores: Cores,
    /// How `pool` follows from the host, in words.
    pub capacity: String,
    pub reason: String,
}

impl Hardware {
    /// Follows the operator's wish, or finds out what the host can do. The first start with machines builds the
    /// minimal image, which takes seconds.
    pub async fn choose(data: &DataDir, options: &cli::Up) -> Result<Self> {
        let image = begin_image(data, options)?;
        let Choice { kind, flavour, reason } = decide(data, options).await?;
        remember(data, kind)?;
        if kind == DriverKind::None {
            return Ok(Self {
                driver: Arc::new(NoMachines::open(&data.machines())?),
                network: Arc::new(NoNetwork),
                nodes: Arc::new(NoNodes::default()),
                hosts: None,
                images: Arc::new(NoImages),
                pool: capacity::pool(options, kind)?,
                cores: Cores::default(),
                capacity: String::new(),
                reason,
            });
        }
        if let Some(image) = image {
            image.await??;
        }
        let store = ImageStore::open(data.path())?;
        let network: Arc<dyn Network> = Arc::new(HostNetwork::new(data.path(), options.public_pool)?);
        let driver = open(data, flavour, &store, &network)?;
        let nodes = Arc::new(HostNodes::new(data.path(), Arc::clone(&network), node_program()?)?);
        let hosts = (!options.no_hosts_file).then(|| HostsFile::new(data.path()));
        let images = Arc::new(StoredImages::new(store, data.machines()));
        let (host, policy) = capacity::of(options, kind)?;
        let capacity = capacity::explained(kind, host, policy);
        let (pool, cores) = (capacity::pool(options, kind)?, Cores::detect());
        Ok(Self { driver, network, nodes, hosts, images, pool, cores, capacity, reason })
    }

    /// As `status` and `/_freehold/health` call it.
    pub fn name(&self) -> &'static str {
        name(self.driver.kind())
    }
}

/// Begins to build the minimal image where there is none and machines may come to need one.
fn begin_image(data: &DataDir, options: &cli::Up) -> Result<Option<JoinHandle<freehold_machine::Result<Image>>>> {
    if options.machines == Machines::None || !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let store = ImageStore::open(data.path())?;
    if !store.list()?.is_empty() {
        return Ok(None);
    }
    say(options, "building the minimal image, once");
    Ok(Some(tokio::task::spawn_blocking(move || build(&store, Recipe::Minimal))))
}

/// What was asked for, or the best that works. The first start tries what the host can do, which takes seconds.
async fn decide(data: &DataDir, options: &cli::Up) -> Result<Choice> {
    let requested = match options.machines {
        Machines::Auto => Requested::Auto,
        Machines::Vm => Requested::Vm,
        Machines::Container => Requested::Container,
        Machines::None => {
            let reason = "asked for with --machines none: all of the API, and nothing runs".into();
            return Ok(Choice { kind: DriverKind::None, reason, flavour: None });
        }
    };
    let host = match Capabilities::cached(data.path()) {
        Some(host) => host,
        None => {
            say(options, "trying what this host can do, once; seconds");
            let data_dir = data.path().to_owned();
            let _working = Working::new("trying what this host can do");
            tokio::task::spawn_blocking(move || Capabilities::probe(&data_dir)).await??
        }
    };
    Ok(choose(requested, &host)?)
}

/// The driver of a data directory: virtual machines of some flavour, else containers.
pub fn open(
    data: &DataDir,
    flavour: Option<Flavour>,
    images: &ImageStore,
    network: &Arc<dyn Network>,
) -> Result<Arc<dyn Driver>> {
    let network = Arc::clone(network);
    Ok(match flavour {
        Some(flavour) => Arc::new(VmDriver::new(VmOptions { data_dir: data.path().into(), flavour, network })?),
        None => Arc::new(ContainerDriver::new(data.path(), images.clone(), network)?),
    })
}

/// This program as a load balancer's node, in its own directory.
pub fn node_program() -> freehold_machine::Result<Program> {
    Program::of_this_process("freehold", &["elb-node", "--directory", "."])
}

/// The names of the design.
pub fn name(kind: DriverKind) -> &'static str {
    match kind {
        DriverKind::Kvm => "kvm",
        DriverKind::Tcg => "tcg",
        DriverKind::Container => "container",
        DriverKind::None => "none",
    }
}

/// What the machines of a data directory are made of, if it has been used.
pub fn remembered(data: &DataDir) -> Option<DriverKind> {
    serde_json::from_slice(&fs::read(data.machine_kind()).ok()?).ok()
}

/// Notes what machines are made of. Machines of another kind must be gone: one driver cannot run the other's.
fn remember(data: &DataDir, kind: DriverKind) -> Result<()> {
    let same = |before| is_vm(before) && is_vm(kind) || before == kind;
    match remembered(data) {
        Some(before) if before == kind => return Ok(()),
        Some(before) if same(before) => {}
        Some(before) if has_entries(&data.machines()) => bail!(
            "the instances on {} are made of {}, not {}; end them with freehold down --machines first",
            data.path().display(),
            name(before),
            name(kind)
        ),
        // Where nothing runs nobody would look after nodes that do.
        Some(_) if kind == DriverKind::None && has_entries(&data.balancers()) => {
            bail!(
                "load balancers of {} still serve; end them with freehold down --machines first",
                data.path().display()
            )
        }
        _ => {}
    }
    // Whole or not at all: without this file nobody finds the machines again.
    let (path, draft) = (data.machine_kind(), data.machine_kind().with_extension("new"));
    fs::write(&draft, serde_json::to_vec(&kind)?)
        .and_then(|()| fs::rename(&draft, &path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn is_vm(kind: DriverKind) -> bool {
    matches!(kind, DriverKind::Kvm | DriverKind::Tcg)
}

fn has_entries(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
}
