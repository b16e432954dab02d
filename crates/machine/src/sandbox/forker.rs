//! The forker: a process of one thread that makes sandboxes out of copies of itself. It takes no part in what they do.

use std::fs;
use std::os::fd::{AsFd, OwnedFd};

use rustix::thread::{LinkNameSpaceType, UnshareFlags};

use super::init;
use super::wire::{self, Fork, News};
use crate::driver::{Error, Result};

/// Serves the socket that is its standard input until that closes. The calling process must have one thread.
pub fn run() -> Result<()> {
    let socket = rustix::io::fcntl_dupfd_cloexec(std::io::stdin(), 3)
        .map_err(|error| Error::io("open the socket", std::io::Error::from(error)))?;
    // What children of ended sandboxes' makers leave comes here, and is forgotten by the kernel.
    rustix::process::set_child_subreaper(rustix::process::Pid::from_raw(1))
        .map_err(|error| Error::io("become a reaper", std::io::Error::from(error)))?;
    ignore_children(true);
    // SIGTERM to the group of processes is for the node, which closes the socket when it ends.
    loop {
        let next = wire::receive::<Fork>(&socket).map_err(|error| Error::io("read the forker's socket", error))?;
        let Some((fork, descriptors)) = next else { return Ok(()) };
        let Ok([control, namespace]) = <[OwnedFd; 2]>::try_from(descriptors) else {
            tracing::error!("a request without descriptors");
            continue;
        };
        // SAFETY: this process has one thread, so the child is a whole copy of it.
        match unsafe { libc::fork() } {
            0 => {
                drop(socket);
                become_sandbox(&control, &namespace, fork);
            }
            pid if pid < 0 => {
                let reason = format!("fork: {}", std::io::Error::last_os_error());
                let _ = wire::send(&control, &News::Failed { reason }, &[]);
            }
            _ => {}
        }
    }
}

/// Whether the kernel forgets children by itself when they end.
fn ignore_children(ignored: bool) {
    let action = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
    // SAFETY: neither disposition runs code of ours.
    unsafe { libc::signal(libc::SIGCHLD, action) };
}

/// The middle process: enters everything and forks the init, which alone is in the new process namespace.
fn become_sandbox(control: &OwnedFd, namespace: &OwnedFd, fork: Fork) -> ! {
    match enter(namespace, &fork) {
        Ok(()) => {}
        Err(reason) => {
            let _ = wire::send(control, &News::Failed { reason }, &[]);
            leave(1);
        }
    }
    // SAFETY: as above.
    match unsafe { libc::fork() } {
        0 => {
            ignore_children(false);
            init::run(control, fork)
        }
        pid => {
            let news = match u32::try_from(pid) {
                Ok(pid) => News::Born { pid },
                Err(_) => News::Failed { reason: format!("fork: {}", std::io::Error::last_os_error()) },
            };
            let _ = wire::send(control, &news, &[]);
            leave(0)
        }
    }
}

fn enter(namespace: &OwnedFd, fork: &Fork) -> std::result::Result<(), String> {
    rustix::process::setsid().map_err(|error| format!("setsid: {error}"))?;
    // Nothing of the node's is kept open: its socket was standard input.
    let nothing = fs::File::open("/dev/null").map_err(|error| format!("/dev/null: {error}"))?;
    rustix::stdio::dup2_stdin(&nothing).map_err(|error| format!("standard input: {error}"))?;
    for procs in &fork.groups {
        fs::write(procs, "0").map_err(|error| format!("{}: {error}", procs.display()))?;
    }
    rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(|error| format!("enter the network namespace: {error}"))?;
    let own = UnshareFlags::NEWNS
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS
        | UnshareFlags::NEWCGROUP;
    // SAFETY: this process has one thread and shares none of what is unshared.
    unsafe { rustix::thread::unshare_unsafe(own) }.map_err(|error| format!("namespaces: {error}"))
}

/// Without running what a normal end would: this is a copy of a process that goes on.
pub fn leave(status: i32) -> ! {
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(status) }
}
