//! Nodes: programs of our own that serve in a VPC, such as a load balancer's data plane. Each is a process in a session,
//! a control group and a network namespace of its own, under a user id that owns nothing, and has a directory that says
//! what it is to do. It outlives whoever started it.
//!
//! ```text
//!  balancers/<id>/            fh<tag>n-<id> (a namespace)            VPC (a namespace)
//!    node.json   ours           eth0, eth1, …  ===================  e<eni>, e<eni>, …
//!    config.json ours, read by    the program, which sees
//!    status.json the program's    its directory as `.`
//!    *.sock      ours, by which the program asks us
//!    node.log    what it says
//! ```
//!
//! The namespace has a name and outlives the program, so that one which died and was started again finds its
//! interfaces as they were. The data directory is closed to the program's user: its working directory is its own
//! one, and it reaches nothing else.

mod collect;
mod directory;
mod host;
mod launch;
mod namespace;
mod none;
mod pauses;
mod process;
mod program;
#[cfg(test)]
mod tests;

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::driver::Result;
use crate::spec::Interface;

pub use host::HostNodes;
pub use namespace::remove_leftovers;
pub use none::NoNodes;
pub use program::Program;

/// What a node is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSpec {
    /// `[a-z0-9-]{1,40}`
    pub id: String,
    /// Its places in VPCs; the first carries the default route, and answers leave each by the one that was asked.
    pub interfaces: Vec<Interface>,
    /// May send in its clients' names (`IP_TRANSPARENT`), and gets what is answered to them.
    pub relays: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    /// No directory on disk.
    Absent,
    /// A VPC of its interfaces is not on the host yet: nothing was done.
    Waiting,
    /// There is a directory, and no program.
    Dead,
    /// The program runs under this process id of the host.
    Running { pid: u32 },
}

/// Runs nodes on this host. Every method is idempotent: called again after a crash at any point, it finishes what was
/// begun.
#[async_trait]
pub trait NodeDriver: Send + Sync + 'static {
    /// Whether anything runs at all.
    fn runs(&self) -> bool;

    /// The node's directory, whether it exists or not.
    fn directory(&self, id: &str) -> Result<PathBuf>;

    /// Writes the file `config.json` that the program watches, whole or not at all. Makes the directory, if there is
    /// none; a file that says the same already is left alone.
    async fn configure(&self, id: &str, config: &[u8]) -> Result<()>;

    /// A socket in the node's directory, which must be there, that its program may connect to and no other user. It does
    /// not block, and takes the place of one that an earlier control plane left.
    async fn listen(&self, id: &str, name: &str) -> Result<UnixListener>;

    /// Gives the node these interfaces and no others, and starts its program unless it runs, or ended
    /// only just ([`NodeState::Dead`]: ask again a little later).
    async fn ensure(&self, spec: &NodeSpec) -> Result<NodeState>;

    /// What the program wrote to `status.json`, if anything.
    fn status(&self, id: &str) -> Result<Option<Vec<u8>>>;

    /// Moves finished files from below `<directory>/<from>` to below `to`; how many there were.
    async fn collect(&self, id: &str, from: &str, to: &Path) -> Result<usize>;

    async fn state(&self, id: &str) -> Result<NodeState>;

    /// Asks the program to end, and gives it a moment to finish what it writes. Whoever calls this destroys the node
    /// next: it is not started again only if nobody asks for it.
    async fn end(&self, id: &str) -> Result<()>;

    /// Ends the program and removes every trace of the node. Removing what is not there succeeds.
    async fn destroy(&self, id: &str) -> Result<()>;

    /// Every node that has a directory, whoever made it.
    async fn list(&self) -> Result<Vec<String>>;

    /// A counter that moves when a program has ended.
    fn exits(&self) -> watch::Receiver<u64>;
}
