//! The init of a sandbox: PID 1 inside. Builds the root, then starts programs as it is told and tells of their ends. It
//! runs no code but ours, and keeps no more power than starting programs under another user takes.

use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, WaitOptions};
use rustix::thread::{CapabilitySet, CapabilitySets};

use super::forker::leave;
use super::root;
use super::spawn::Spawner;
use super::wire::{self, End, Fork, News, Order};

/// How long what a program left behind may wait to be reaped.
const REAP: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

pub fn run(control: &OwnedFd, fork: Fork) -> ! {
    if let Err(reason) = live(control, &fork) {
        let _ = wire::send(control, &News::Failed { reason }, &[]);
        leave(1);
    }
    leave(0)
}

fn live(control: &OwnedFd, fork: &Fork) -> Result<(), String> {
    rustix::system::sethostname(fork.hostname.as_bytes()).map_err(|error| format!("host name: {error}"))?;
    root::prepare(fork)?;
    tell(control, &News::Ready)?;
    let Some(order) = next(control)? else { return Ok(()) };
    let (Order::Furnish(furnish), _) = order else { return Err("it is not furnished".into()) };
    root::furnish(&furnish, fork.user)?;
    give_up_powers()?;
    let spawner = Spawner::new(fork.user)?;
    tell(control, &News::Furnished)?;
    let mut programs = HashMap::new();
    loop {
        if !wait(control, &programs)? {
            reap(control, &mut programs)?;
            continue;
        }
        let Some((order, descriptors)) = next(control)? else { return Ok(()) };
        let Order::Start(start) = order else { return Err("it is furnished already".into()) };
        let number = start.number;
        match spawner.start(start, descriptors) {
            Ok(child) => {
                let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or("a child without a number")?;
                let descriptor = rustix::process::pidfd_open(pid, PidfdFlags::empty())
                    .map_err(|error| format!("watch a program: {error}"))?;
                tell_with(control, &News::Started { number }, &[descriptor.as_fd()])?;
                programs.insert(pid, (number, descriptor));
            }
            Err(error) => {
                let (code, reason) = (error.raw_os_error(), error.to_string());
                tell(control, &News::NotStarted { number, code, reason })?;
            }
        }
    }
}

fn tell(control: &OwnedFd, news: &News) -> Result<(), String> {
    tell_with(control, news, &[])
}

fn tell_with(control: &OwnedFd, news: &News, descriptors: &[BorrowedFd<'_>]) -> Result<(), String> {
    wire::send(control, news, descriptors).map_err(|error| format!("the node is not told: {error}"))
}

fn next(control: &OwnedFd) -> Result<Option<(Order, Vec<OwnedFd>)>, String> {
    wire::receive(control).map_err(|error| format!("the node is not understood: {error}"))
}

/// Waits for whatever comes first; whether it is an order.
fn wait(control: &OwnedFd, programs: &HashMap<Pid, (u32, OwnedFd)>) -> Result<bool, String> {
    let mut watched = vec![PollFd::new(control, PollFlags::IN)];
    watched
        .extend(programs.values().map(|(_, descriptor)| PollFd::from_borrowed_fd(descriptor.as_fd(), PollFlags::IN)));
    match rustix::event::poll(&mut watched, Some(&REAP)) {
        Ok(_) => Ok(!watched[0].revents().is_empty()),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(format!("wait: {error}")),
    }
}

fn reap(control: &OwnedFd, programs: &mut HashMap<Pid, (u32, OwnedFd)>) -> Result<(), String> {
    loop {
        let (pid, status) = match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(ended)) => ended,
            Ok(None) | Err(rustix::io::Errno::CHILD) => return Ok(()),
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(format!("reap: {error}")),
        };
        let Some((number, _)) = programs.remove(&pid) else { continue };
        let end = match status.terminating_signal() {
            Some(signal) => End::Killed(signal),
            None => End::Exited(status.exit_status().unwrap_or_default()),
        };
        tell(control, &News::Ended { number, end })?;
    }
}

/// From here on: to become another user, and nothing else. What programs could regain is nothing at all.
fn give_up_powers() -> Result<(), String> {
    let failed = |error| format!("capabilities: {error}");
    for capability in CapabilitySet::all().iter() {
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // One that this kernel does not know.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let kept = CapabilitySet::SETUID | CapabilitySet::SETGID;
    let sets = CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() };
    rustix::thread::set_capabilities(None, sets).map_err(failed)
}
