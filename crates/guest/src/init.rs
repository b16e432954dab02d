//! PID 1 itself: as little as possible, because nothing can restart it. It starts the worker, reaps whatever
//! is orphaned, and turns power signals into the end of the machine or its next beginning.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::console::{self, Deadline};
use crate::{mounts, power};

/// How long a worker that died is left alone before the next one, so that a broken one does not spin.
const WORKER_PAUSE: Duration = Duration::from_secs(1);

/// What ends a boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    Off,
    Reboot,
}

/// What a signal to PID 1 means; the conventions of busybox's init and of the kernel (ctrl-alt-del).
pub fn meaning(signal: i32) -> Option<Power> {
    match signal {
        libc::SIGPWR | libc::SIGUSR1 | libc::SIGUSR2 => Some(Power::Off),
        libc::SIGINT | libc::SIGTERM => Some(Power::Reboot),
        _ => None,
    }
}

pub fn run() -> ExitCode {
    let signals = block_signals();
    if !power::in_container() {
        // Before the worker, which needs /proc to find itself.
        mounts::provide();
        power::take_control_alt_delete();
    }
    let (boot, nanos) = console::boot_variable();
    let mut worker = spawn_worker(boot, &nanos);
    loop {
        let signal = wait_for(&signals, if worker.is_some() { None } else { Some(WORKER_PAUSE) });
        while let Some(pid) = reap() {
            if Some(pid) == worker {
                console::say("the worker ended; starting another");
                worker = None;
            }
        }
        match signal {
            Some(signal) => {
                if let Some(power) = meaning(signal) {
                    return leave(power);
                }
            }
            None if worker.is_none() => worker = spawn_worker(boot, &nanos),
            None => {}
        }
    }
}

/// Ends everything inside, then the machine (or this boot of it).
fn leave(power: Power) -> ExitCode {
    console::say(match power {
        Power::Off => "powering off",
        Power::Reboot => "restarting",
    });
    end_all(libc::SIGTERM, Duration::from_secs(3));
    end_all(libc::SIGKILL, Duration::from_secs(3));
    power::write_back();
    if power::in_container() {
        if power == Power::Off {
            return ExitCode::SUCCESS;
        }
        unblock_signals();
        let error = Command::new(mounts::PROGRAM).arg0("init").exec();
        console::say(&format!("cannot start again: {error}"));
        return ExitCode::FAILURE;
    }
    power::machine(power);
    ExitCode::SUCCESS
}

/// Sends a signal to every other process and reaps until none is left or `patience` is over.
fn end_all(signal: i32, patience: Duration) {
    // SAFETY: plain system call; -1 means every process but this one.
    unsafe { libc::kill(-1, signal) };
    let deadline = Deadline::after(patience);
    while let Some(left) = deadline.left() {
        // SAFETY: a null status pointer is allowed.
        match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
            pid if pid > 0 => {}
            0 => std::thread::sleep(left.min(Duration::from_millis(5))),
            // No children at all: everything here is a descendant, so nobody is left.
            _ => return,
        }
    }
}

fn spawn_worker(boot: &str, nanos: &str) -> Option<i32> {
    let mut command = Command::new(mounts::PROGRAM);
    command.arg0("worker").env(boot, nanos);
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    // SAFETY: only async-signal-safe calls between fork and exec.
    unsafe {
        command.pre_exec(|| {
            unblock_signals();
            libc::setsid();
            Ok(())
        });
    }
    match command.spawn() {
        Ok(child) => i32::try_from(child.id()).ok(),
        Err(error) => {
            console::say(&format!("cannot start the worker: {error}"));
            None
        }
    }
}

fn reap() -> Option<i32> {
    // SAFETY: a null status pointer is allowed.
    let pid = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
    (pid > 0).then_some(pid)
}

/// Blocks the signals that [`wait_for`] takes, so that none is lost between two waits.
fn block_signals() -> libc::sigset_t {
    // SAFETY: the set is initialised by sigemptyset before use.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        for signal in [libc::SIGCHLD, libc::SIGPWR, libc::SIGUSR1, libc::SIGUSR2, libc::SIGINT, libc::SIGTERM] {
            libc::sigaddset(&mut set, signal);
        }
        libc::sigprocmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
        set
    }
}

fn unblock_signals() {
    // SAFETY: the set is initialised by sigemptyset before use.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigprocmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
    }
}

fn wait_for(set: &libc::sigset_t, patience: Option<Duration>) -> Option<i32> {
    let time = patience.map(|time| libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos()),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the set is initialised; a null info and a null timeout are allowed.
    let signal = unsafe { libc::sigtimedwait(set, std::ptr::null_mut(), time) };
    (signal > 0).then_some(signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_signals_follow_busybox_and_the_kernel() {
        assert_eq!(meaning(libc::SIGPWR), Some(Power::Off));
        assert_eq!(meaning(libc::SIGUSR2), Some(Power::Off));
        assert_eq!(meaning(libc::SIGTERM), Some(Power::Reboot));
        assert_eq!(meaning(libc::SIGINT), Some(Power::Reboot));
        assert_eq!(meaning(libc::SIGCHLD), None);
    }
}
