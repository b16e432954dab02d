//! Sandboxes as the node has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use rustix::net::sockopt::Timeout;
use rustix::process::{Pid, PidfdFlags, Signal};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::gateway::{Gateway, Gateways, Resolver};
use super::group::{Controllers, Group};
use super::network::{self, Network};
use super::wire::{self, Fork, Furnish, News, Order, Start};
use super::{place, scratch, spawn};
use crate::driver::{Error, Result};
use crate::net::names::Tag;
use crate::net::netns;
use crate::spec::Interface;

/// No distribution gives these users to accounts, and no other driver of this crate to machines.
const FIRST_USER: u32 = 0x7200_0000;
/// Sandboxes at once.
const MOST: u32 = 4096;
/// What a connection to what listens inside may take.
const LOOPBACK: Duration = Duration::from_secs(1);
/// What making one may take on a host that has very much to do.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Options {
    /// Where files for the sandboxes are kept; theirs alone.
    pub directory: PathBuf,
    /// Tells the regions of a host apart.
    pub data_dir: PathBuf,
    /// The program that calls [`super::run_forker`], with its arguments.
    pub forker: (PathBuf, Vec<String>),
    /// What is to listen in each of them.
    pub ports: Vec<u16>,
    /// Size of `/tmp`, unless furnished with another.
    pub tmp_mib: u32,
}

/// Makes sandboxes. Dropped, it ends all of them. Cheap to clone.
#[derive(Clone)]
pub struct Sandboxes {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    controllers: Controllers,
    /// Start of the names of control groups.
    prefix: String,
    root: PathBuf,
    /// None: nothing but loopback, where the host has no nftables.
    network: Option<Network>,
    gateways: Gateways,
    forker: Mutex<(OwnedFd, Child)>,
    taken: Mutex<BTreeSet<u32>>,
    /// Read while one is being made; set at the end.
    is_closed: RwLock<bool>,
}

impl Sandboxes {
    /// Removes what an earlier node left, and starts the forker. Blocks.
    pub fn start(options: Options) -> Result<Self> {
        let controllers = Controllers::detect()?;
        let prefix = prefix(&options.data_dir);
        controllers.remove_all(&prefix)?;
        let root = options.directory.join("root");
        fs::create_dir_all(&root).map_err(|error| Error::io("make the directory of sandboxes", error))?;
        let root = root.canonicalize().map_err(|error| Error::io("make the directory of sandboxes", error))?;
        remove_drafts(&options.directory);
        let network = match Network::open(Tag::of(&options.data_dir)) {
            Ok(network) => Some(network),
            Err(error @ Error::Unsupported(_)) => {
                tracing::warn!(%error, "sandboxes reach the region, and nothing else");
                None
            }
            Err(error) => return Err(error),
        };
        let forker = Mutex::new(start_forker(&options.forker)?);
        let shared = Shared {
            options,
            controllers,
            prefix,
            root,
            network,
            gateways: Gateways::default(),
            forker,
            taken: Mutex::default(),
            is_closed: RwLock::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// A sandbox that waits to be furnished.
    pub async fn prepare(&self) -> Result<Sandbox> {
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.prepare()).await
    }

    /// Takes a sandbox that runs nothing yet out of the world and into a VPC, behind this interface of it, which others
    /// may share. The VPC must be one of the region with the same data directory.
    ///
    /// # Errors
    /// Where the host has no nftables, or the VPC does not come up within ten seconds.
    pub async fn join(&self, sandbox: &Sandbox, interface: &Interface) -> Result<()> {
        let (shared, interface, slot) = (Arc::clone(&self.shared), interface.clone(), sandbox.slot);
        let namespace = sandbox.namespace.try_clone().map_err(|error| Error::io("hold a namespace", error))?;
        let gateway = blocking(move || {
            let unconnected = || Error::Unsupported("this host has no nftables, which VPCs need".into());
            let network = shared.network.as_ref().ok_or_else(unconnected)?;
            let gateway = shared.gateways.get(&Tag::of(&shared.options.data_dir), &interface)?;
            gateway.join(network, slot, namespace.as_fd())?;
            Ok(gateway)
        });
        // Held until the sandbox ends.
        let _ = sandbox.gateway.set(gateway.await?);
        Ok(())
    }

    /// Ends all of them and removes what they have on the host; there will be no others. Blocks.
    pub fn remove_all(&self) -> Result<()> {
        *self.shared.is_closed.write().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.controllers.remove_all(&self.shared.prefix)?;
        network::remove(&Tag::of(&self.shared.options.data_dir))
    }

    /// A file system for [`Furnish::tmp`], of another size than usual.
    pub async fn tmp(&self, mib: u32) -> Result<Tmp> {
        let directory = self.shared.options.directory.clone();
        Ok(Tmp(blocking(move || scratch::make(&directory, mib)).await?))
    }
}

/// Start of the names of a region's control groups.
pub(crate) fn prefix(data_dir: &Path) -> String {
    format!("fn-{}-", Tag::of(data_dir).as_str())
}

/// Moves the calling process into a control group of its own, so that what ends the group of whoever started it does not
/// end it.
pub fn enter_group(data_dir: &Path) -> Result<()> {
    let group = Controllers::detect()?.create(&node_group(data_dir))?;
    let procs = group.procs();
    let own = std::process::id().to_string();
    let join = |procs: &PathBuf| fs::write(procs, &own).map_err(|error| Error::io("enter a control group", error));
    procs.iter().try_for_each(join)
}

/// The name of the control group of a region's node.
pub(crate) fn node_group(data_dir: &Path) -> String {
    format!("fnode-{}", Tag::of(data_dir).as_str())
}

/// Removes what a region's sandboxes and their node have on the host, once that has ended. Blocks.
pub fn remove_leftovers(data_dir: &Path) -> Result<()> {
    // Where there are no control groups there were no sandboxes.
    let Ok(controllers) = Controllers::detect() else { return Ok(()) };
    controllers.remove_all(&prefix(data_dir))?;
    controllers.remove_all(&node_group(data_dir))?;
    network::remove(&Tag::of(data_dir))?;
    if let Ok(_alone) = crate::container::GROUPS.try_write() {
        crate::container::cgroup::remove_parent();
    }
    Ok(())
}

/// Held until the sandbox is furnished with it.
pub struct Tmp(scratch::Scratch);

impl Tmp {
    pub fn device(&self) -> &Path {
        &self.0.device
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::io("run in the background", std::io::Error::other(error)))?
}

fn start_forker((program, arguments): &(PathBuf, Vec<String>)) -> Result<(OwnedFd, Child)> {
    let failed = |error| Error::io("start the forker of sandboxes", error);
    let (ours, theirs) = wire::pair().map_err(failed)?;
    let mut command = Command::new(program);
    command.arg0("freehold").args(arguments).stdin(Stdio::from(theirs)).stdout(Stdio::null());
    let child = command.spawn().map_err(failed)?;
    Ok((ours, child))
}

/// Files of `/tmp`s that were being made when a node died.
fn remove_drafts(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with('.') {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl Shared {
    fn prepare(self: &Arc<Self>) -> Result<Sandbox> {
        let is_closed = self.is_closed.read().unwrap_or_else(PoisonError::into_inner);
        if *is_closed {
            return Err(Error::Unsupported("the node is ending".into()));
        }
        let slot = self.take_slot()?;
        let made = self.make(slot);
        if made.is_err() {
            self.give_back(slot);
        }
        made
    }

    fn make(self: &Arc<Self>, slot: u32) -> Result<Sandbox> {
        let group = self.controllers.create(&format!("{}{slot}", self.prefix))?;
        let made = group.limit_processes().and_then(|()| self.fork(slot, &group));
        match made {
            Ok((control, pid, sockets, namespace)) => {
                let shared = Arc::clone(self);
                let (parts, sockets) = (Some((group, pid)), Mutex::new(Some(sockets)));
                Ok(Sandbox {
                    shared,
                    slot,
                    parts,
                    control,
                    sockets,
                    namespace,
                    gateway: OnceLock::new(),
                    programs: Mutex::default(),
                })
            }
            Err(error) => {
                let _ = group.remove();
                Err(error)
            }
        }
    }

    fn fork(&self, slot: u32, group: &Group) -> Result<(AsyncFd<OwnedFd>, Init, Sockets, OwnedFd)> {
        let failed = |error| Error::io("make a sandbox", error);
        // Held until the init has mounted it.
        let tmp = scratch::make(&self.options.directory, self.options.tmp_mib)?;
        let mut place = place::make(&self.options.ports)?;
        if let Some(network) = &self.network {
            network.connect(slot, &place.namespace, &mut place.netlink)?;
        }
        let (ours, theirs) = wire::pair().map_err(failed)?;
        let fork = Fork {
            groups: group.procs(),
            root: self.root.clone(),
            user: FIRST_USER + slot,
            hostname: format!("169-254-{}-{}", 64 + (slot >> 8), slot & 0xff),
            tmp: tmp.device.clone(),
        };
        {
            let forker = self.forker.lock().unwrap_or_else(PoisonError::into_inner);
            wire::send(&forker.0, &fork, &[theirs.as_fd(), place.namespace.as_fd()]).map_err(failed)?;
        }
        drop(theirs);
        let process = wait_for_birth(&ours)?;
        rustix::io::ioctl_fionbio(&ours, true).map_err(|error| failed(error.into()))?;
        // SAFETY: an `OwnedFd` gives the same descriptor at any time and closes it only when it is dropped.
        let control = unsafe { AsyncFd::register_with_interest(ours, Interest::READABLE) };
        let control = control.map_err(|refused| failed(refused.into()))?;
        let sockets = Sockets { listeners: place.listeners, resolver: place.resolver };
        Ok((control, process, sockets, place.namespace))
    }

    fn take_slot(&self) -> Result<u32> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = (0..MOST).find(|slot| !taken.contains(slot));
        let slot = free.ok_or_else(|| Error::Unsupported(format!("{MOST} sandboxes are as many as there can be")))?;
        taken.insert(slot);
        Ok(slot)
    }

    fn give_back(&self, slot: u32) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&slot);
    }
}

/// Waits until the init is ready; a descriptor of it.
fn wait_for_birth(socket: &OwnedFd) -> Result<Init> {
    let failed = |error| Error::io("make a sandbox", error);
    let refused = |detail: String| Error::Program { program: "a sandbox", detail };
    rustix::net::sockopt::set_socket_timeout(socket, Timeout::Recv, Some(PATIENCE))
        .map_err(|error| failed(error.into()))?;
    let (mut process, mut is_ready) = (None, false);
    // Its parent says which process it is, itself that it is ready, in any order.
    while process.is_none() || !is_ready {
        match wire::receive::<News>(socket).map_err(failed)? {
            Some((News::Born { pid }, _)) => {
                let raw = i32::try_from(pid).ok().and_then(Pid::from_raw);
                let raw = raw.ok_or_else(|| refused("its process has no number".into()))?;
                let opened = rustix::process::pidfd_open(raw, PidfdFlags::empty());
                process = Some(Init { pid, descriptor: opened.map_err(|error| failed(error.into()))? });
            }
            Some((News::Ready, _)) => is_ready = true,
            Some((News::Failed { reason }, _)) => return Err(refused(reason)),
            other => return Err(refused(format!("it ended early: {other:?}"))),
        }
    }
    process.ok_or_else(|| refused("it has no process".into()))
}

/// What listens inside of a sandbox and is served from outside.
#[derive(Debug)]
pub struct Sockets {
    /// In the order of [`Options::ports`].
    pub listeners: Vec<TcpListener>,
    /// The resolver, by either transport.
    pub resolver: (UdpSocket, TcpListener),
}

/// PID 1 of a sandbox, as the host has it.
struct Init {
    pid: u32,
    descriptor: OwnedFd,
}

/// One sandbox. Everything in it ends when this is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    slot: u32,
    /// Its groups and its init; taken when it is dropped.
    parts: Option<(Group, Init)>,
    control: AsyncFd<OwnedFd>,
    sockets: Mutex<Option<Sockets>>,
    /// Its network.
    namespace: OwnedFd,
    /// Where it is in a VPC.
    gateway: OnceLock<Arc<Gateway>>,
    /// Its programs that run, by their numbers.
    programs: Mutex<BTreeMap<u32, OwnedFd>>,
}

impl Sandbox {
    /// Different from that of all others that exist.
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// What listens inside. Once only.
    pub fn take_sockets(&self) -> Option<Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Who answers its questions for names. To be asked for when it is where it will be.
    pub fn resolver(&self) -> Resolver {
        Resolver(self.gateway.get().cloned())
    }

    /// Gives it its use. What comes of it is told by [`News::Furnished`]; starts may be asked for at once.
    pub fn furnish(&self, wanted: &Furnish) -> Result<()> {
        self.order(&Order::Furnish(wanted.clone()), &[])
    }

    /// Starts a program with this output, and another descriptor to write to.
    pub fn start(&self, start: Start, output: &OwnedFd, other: Option<&OwnedFd>) -> Result<()> {
        let descriptors: Vec<BorrowedFd<'_>> = [Some(output), other].into_iter().flatten().map(AsFd::as_fd).collect();
        for pipe in &descriptors {
            spawn::hand_over(pipe, FIRST_USER + self.slot).map_err(|error| Error::io("hand over a pipe", error))?;
        }
        self.order(&Order::Start(start), &descriptors)
    }

    fn order(&self, order: &Order, descriptors: &[BorrowedFd<'_>]) -> Result<()> {
        wire::send(self.control.get_ref(), order, descriptors).map_err(|error| Error::io("order a sandbox", error))
    }

    /// What happens next; `None` when everything in it has ended.
    pub async fn news(&self) -> Option<News> {
        loop {
            let mut ready = self.control.readable().await.ok()?;
            match ready.try_io(|control| wire::receive::<News>(control.get_ref())) {
                Ok(Ok(Some((news, descriptors)))) => {
                    self.note(&news, descriptors);
                    return Some(news);
                }
                Ok(Ok(None) | Err(_)) => return None,
                Err(_) => {}
            }
        }
    }

    fn note(&self, news: &News, descriptors: Vec<OwnedFd>) {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        match news {
            News::Started { number } => {
                programs.extend(descriptors.into_iter().next().map(|process| (*number, process)))
            }
            News::Ended { number, .. } => drop(programs.remove(number)),
            _ => {}
        }
    }

    /// Asks a program to end, or ends it. One that does not run is none to end.
    pub fn signal(&self, number: u32, is_kill: bool) {
        let programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = programs.get(&number) {
            let signal = if is_kill { Signal::KILL } else { Signal::TERM };
            let _ = rustix::process::pidfd_send_signal(process, signal);
        }
    }

    /// A connection to what listens at a port of its loopback. Blocks a moment.
    pub fn connect(&self, port: u16) -> Result<TcpStream> {
        netns::enter_open(self.namespace.as_fd(), || {
            TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), LOOPBACK)
                .map_err(|error| Error::io("connect inside of a sandbox", error))
        })
    }

    pub fn limit_memory(&self, mib: u64) -> Result<()> {
        self.group().map_or(Ok(()), |group| group.limit_memory(mib))
    }

    /// Thousandths of a CPU.
    pub fn limit_cpu(&self, millis: u64) -> Result<()> {
        self.group().map_or(Ok(()), |group| group.limit_cpu(millis))
    }

    pub fn freeze(&self, frozen: bool) -> Result<()> {
        self.group().map_or(Ok(()), |group| group.freeze(frozen))
    }

    /// The most memory that its programs have had resident.
    pub fn peak_bytes(&self) -> u64 {
        self.parts.as_ref().map_or(0, |(group, init)| group.peak_bytes(init.pid))
    }

    /// How many processes were killed for want of memory.
    pub fn memory_kills(&self) -> u64 {
        self.group().map_or(0, Group::memory_kills)
    }

    fn group(&self) -> Option<&Group> {
        self.parts.as_ref().map(|(group, _)| group)
    }

    /// Ends everything in it, now.
    pub fn kill(&self) {
        if let Some((group, init)) = &self.parts {
            let _ = rustix::process::pidfd_send_signal(&init.descriptor, Signal::KILL);
            let _ = group.freeze(false);
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.kill();
        let Some((group, init)) = self.parts.take() else { return };
        let (shared, slot) = (Arc::clone(&self.shared), self.slot);
        let clean = move || {
            drop(init);
            match group.remove() {
                // The number is used again only when nothing of the old one is left.
                Ok(()) => shared.give_back(slot),
                Err(error) => tracing::error!(slot, %error, "a sandbox could not be removed"),
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(clean)),
            Err(_) => clean(),
        }
    }
}
