//! The trait behind which a machine is a container or a virtual machine.
//!
//! Every method is idempotent: called again after a crash at any point, it finishes what was begun. Methods
//! return as soon as the request is under way; what happens later arrives as a [`MachineEvent`] and can be
//! asked for with [`Driver::state`]. Machines are processes of their own and outlive this one: a new driver
//! on the same data directory finds them all in [`Driver::list`].

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::spec::{Interface, MachineId, MachineSpec, Resources};
use crate::usage::Usage;

/// How machines are made on this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DriverKind {
    /// A virtual machine under QEMU, with KVM.
    Kvm,
    /// A virtual machine under QEMU, emulated.
    Tcg,
    /// A system container.
    Container,
    /// State only: nothing runs.
    None,
}

/// Where a machine is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineState {
    /// No directory on disk.
    Absent,
    /// Disk and directory exist; nothing runs.
    Stopped,
    /// Its init process (or VMM) runs under this process id of the host.
    Running { pid: u32 },
}

/// Something happened to a machine without being asked for in this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MachineEvent {
    /// Its init process or VMM is gone: it powered off, was killed, or crashed.
    Exited { id: MachineId },
}

/// What can go wrong on the host.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host lacks what the request needs; the text says what and why.
    #[error("{0}")]
    Unsupported(String),
    /// No image of that name in the image store.
    #[error("no image {0} on this host")]
    NoImage(String),
    /// No machine of that name.
    #[error("no machine {0} on this host")]
    NoMachine(MachineId),
    /// The disk of the host is full.
    #[error("the host's disk is full: {0}")]
    DiskFull(String),
    /// A program of the host (`runc`, `nft`, `qemu-system-x86_64`, …) failed.
    #[error("{program} failed: {detail}")]
    Program { program: &'static str, detail: String },
    /// A system call failed; `what` says in which step.
    #[error("{what}: {source}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Wraps an I/O error with the step that it happened in. A full disk becomes [`Error::DiskFull`].
    pub fn io(what: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        let (what, source) = (what.into(), source.into());
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::DiskFull(what);
        }
        Self::Io { what, source }
    }
}

/// Makes machines on this host.
#[async_trait]
pub trait Driver: Send + Sync + 'static {
    fn kind(&self) -> DriverKind;

    /// Makes the machine's directory and disk. An existing disk is kept as it is.
    async fn create(&self, spec: &MachineSpec) -> Result<()>;

    /// Starts a stopped machine; one that runs already is left alone. The VPC of each interface must exist.
    async fn start(&self, id: &str) -> Result<()>;

    /// Asks the guest to shut down (the power button). An [`MachineEvent::Exited`] follows if it obeys.
    async fn shut_down(&self, id: &str) -> Result<()>;

    /// Ends the machine at once, as if its cord were pulled. The disk stays.
    async fn kill(&self, id: &str) -> Result<()>;

    /// Asks the guest to start again, without giving up its place on the host.
    async fn reboot(&self, id: &str) -> Result<()>;

    /// Gives a stopped machine other resources from its next start on (vertical scaling).
    async fn resize(&self, id: &str, resources: &Resources) -> Result<()>;

    /// Lets the machine run on these CPUs of the host only; none: on any. At once if it runs, and from the next start on.
    ///
    /// # Errors
    /// [`Error::NoMachine`]; [`Error::Unsupported`] where the kernel cannot confine a machine to CPUs.
    async fn pin(&self, id: &str, cpus: &[u32]) -> Result<()>;

    /// Lets what the region runs for everybody and is no machine, nodes of balancers and sandboxes of functions, run on these
    /// CPUs only; none: on any. What is started later is kept there by the next call.
    async fn confine_rest(&self, _cpus: &[u32]) -> Result<()> {
        Ok(())
    }

    /// Gives the machine these interfaces, in device order, and takes all others away; the first stays what it is.
    /// What an interface holds is looked at again: a container's addresses follow the VPC's plan. A machine that
    /// runs gets or loses the devices at once, or the answer is [`Error::Unsupported`].
    async fn connect(&self, id: &str, interfaces: &[Interface]) -> Result<()>;

    /// Ends the machine and removes every trace: processes, mounts, cgroups, devices, disk. Removing what is
    /// not there succeeds.
    async fn destroy(&self, id: &str) -> Result<()>;

    async fn state(&self, id: &str) -> Result<MachineState>;

    /// Every machine that has a directory, whoever made it.
    async fn list(&self) -> Result<Vec<MachineId>>;

    /// What the console showed since the machine first started, at most the last 64 KiB.
    async fn console(&self, id: &str) -> Result<Vec<u8>>;

    /// What the machine has used since it started; `None` if it does not run.
    async fn usage(&self, _id: &str) -> Result<Option<Usage>> {
        Ok(None)
    }

    /// Events from now on. A receiver that lags must ask [`Driver::state`] of all it cares for.
    fn events(&self) -> broadcast::Receiver<MachineEvent>;
}
