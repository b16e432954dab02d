//! Sandboxes: small process trees that run what a stranger wrote, made within milliseconds. They know nothing of
//! functions: whoever uses them says what is to be seen where, and which programs are to run.
//!
//! ```text
//!  the node (root)  ----seqpacket---->  forker  (one thread, forks, touches nothing else)
//!       |                                 | fork, enter control groups and namespaces, fork
//!       |                                 v
//!       `---------seqpacket------------  init   (PID 1 of its sandbox: builds the root, starts programs, reaps)
//!                                         | fork, exec
//!                                         v
//!                                        programs (a user that owns nothing, no capability, seccomp)
//! ```
//!
//! A process that forks is small and shares its pages with what it forks, so that a sandbox costs neither the start of a
//! program nor the memory of one. What takes long (namespaces, control groups, a file system for `/tmp`, the network) is
//! made ahead ([`Sandboxes::prepare`]); what depends on the use is little ([`Sandbox::furnish`]).
//!
//! # What keeps a program in
//!
//! - Namespaces: mounts, process ids, IPC, host name, network, control groups.
//! - A root of its own ([`root`]): the host's `/usr` and its like, read-only; an `/etc` that is made, not copied; no
//!   `/home`, `/root`, `/var` or `/run` of the host. Only what every user of the host may read is readable at all.
//! - A user and group that own nothing on the host and differ between sandboxes; no capability, not even in the bounding
//!   set; `no_new_privs`. That is also why there is no user namespace: what one would confine is not there.
//! - A list of system calls that are refused ([`seccomp`]).
//! - Control groups: memory, CPU, number of processes; frozen when asked. `/tmp` is a file system of its own size.
//! - A loopback of its own: what listens there for it is handed to the node. Another interface leads into the world and
//!   neither to the host nor to other sandboxes ([`network`]), or into a VPC and nowhere else ([`gateway`]).
//!
//! # What ends it
//!
//! Everything in a sandbox ends with its init, and init ends when its socket closes: with its [`Sandbox`], or with the
//! node, however that died. Mounts, namespaces, links and loop devices go with the last process. Control groups stay, and
//! the next node removes them ([`Sandboxes::start`]).

mod etc;
mod forker;
mod gateway;
mod group;
mod host;
mod init;
mod network;
mod place;
mod root;
mod scratch;
mod seccomp;
mod spawn;
mod wire;

pub use crate::net::dns::upstream::Transport;
pub use forker::run as run_forker;
pub use gateway::Resolver;
pub use host::{Options, Sandbox, Sandboxes, Sockets, Tmp, enter_group, remove_leftovers};
pub(crate) use host::{node_group, prefix};
pub use wire::{Bind, End, Furnish, Link, News, Start};
