//! Waits for a VMM's end through a descriptor of its process, which works for our own children and for those
//! of an earlier control plane alike.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::shared::Shared;
use crate::driver::{Error, MachineEvent, Result};

/// A descriptor of a process; `None` if it is gone.
pub fn open(pid: u32) -> Result<Option<OwnedFd>> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let Some(pid) = pid else { return Ok(None) };
    match rustix::process::pidfd_open(pid, PidfdFlags::empty()) {
        Ok(process) => Ok(Some(process)),
        Err(rustix::io::Errno::SRCH) => Ok(None),
        Err(error) => Err(Error::io("opening a machine's process", error)),
    }
}

/// Returns when the process has ended. Reaps it if it is a child of ours.
pub async fn ended(process: OwnedFd) -> Result<()> {
    let failed = |source| Error::io("waiting for a machine's process", source);
    // SAFETY: an `OwnedFd` gives the same descriptor at any time and closes it only when it is dropped.
    let process = unsafe { AsyncFd::register_with_interest(process, Interest::READABLE) }
        .map_err(|refused| failed(refused.into()))?;
    let _ = process.readable().await.map_err(failed)?;
    // Fails where it is somebody else's child, or was reaped by another waiter.
    let _ = rustix::process::waitid(
        WaitId::PidFd(std::os::fd::AsFd::as_fd(process.get_ref())),
        WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
    );
    Ok(())
}

/// Cleans up and announces it when the machine's VMM ends.
pub fn exit(shared: &Arc<Shared>, id: &str, pid: u32) -> Result<()> {
    let process = open(pid)?;
    // Not keeping the driver alive: a watcher without one has nothing to do.
    let (shared, id) = (Arc::downgrade(shared), id.to_owned());
    tokio::spawn(async move {
        if let Some(process) = process
            && let Err(error) = ended(process).await
        {
            tracing::error!(machine = id, %error, "a machine is no longer watched");
            return;
        }
        let Some(shared) = shared.upgrade() else { return };
        let turn = shared.turn(&id);
        let _turn = turn.lock().await;
        if let Ok(directory) = shared.directory(&id)
            && matches!(directory.running(), Ok(None))
            && let Err(error) = shared.clean(&directory).await
        {
            tracing::warn!(machine = id, %error, "an ended machine was not cleaned up");
        }
        shared.announce(MachineEvent::Exited { id });
    });
    Ok(())
}
