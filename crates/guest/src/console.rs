//! The console: what an operator reads with GetConsoleOutput. Lines look like the kernel's own, with the
//! seconds since this boot of the machine.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::time::{Duration, Instant};

/// Set by PID 1 for the worker: nanoseconds of the monotonic clock at which this boot began.
const BOOT_VARIABLE: &str = "FREEHOLD_BOOT_NANOS";

fn monotonic() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec to write to.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What PID 1 hands to the worker so that both count from the same moment.
pub fn boot_variable() -> (&'static str, String) {
    (BOOT_VARIABLE, monotonic().as_nanos().to_string())
}

fn since_boot() -> Duration {
    let began = std::env::var(BOOT_VARIABLE).ok().and_then(|nanos| nanos.parse().ok()).map(Duration::from_nanos);
    began.map_or(Duration::ZERO, |began| monotonic().saturating_sub(began))
}

/// Writes one line to the console. A console that cannot be written to is no reason to stop.
pub fn say(line: &str) {
    let time = since_boot();
    let text = format!("[{:5}.{:06}] freehold: {line}\n", time.as_secs(), time.subsec_micros());
    raw(text.as_bytes());
}

/// Writes to the console as it is, in one piece, so that lines of several writers do not mix.
pub fn raw(bytes: &[u8]) {
    let _ = std::io::stdout().lock().write_all(bytes);
    let _ = std::io::stdout().lock().flush();
}

/// Gives a container a `/dev/console`: a pseudo terminal whose output is copied to standard output. Programs
/// that open the console with `O_TRUNC` would otherwise empty the log.
pub fn provide_terminal() {
    let Some((mut master, slave, path)) = open_pair() else {
        return;
    };
    let _ = std::fs::remove_file("/dev/console");
    if std::os::unix::fs::symlink(path, "/dev/console").is_err() {
        return;
    }
    std::thread::spawn(move || {
        // Held open: without a reader's other end the master would report an error after the first close.
        let _slave = slave;
        let mut buffer = [0; 4096];
        while let Ok(length) = master.read(&mut buffer) {
            raw(&buffer[..length]);
        }
    });
}

fn open_pair() -> Option<(File, File, String)> {
    let master = OpenOptions::new().read(true).write(true).open("/dev/ptmx").ok()?;
    let (mut number, unlock) = (0_i32, 0_i32);
    // SAFETY: both ioctls take a pointer to an int that lives across the call.
    let ok = unsafe {
        libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &unlock) == 0
            && libc::ioctl(master.as_raw_fd(), libc::TIOCGPTN, &mut number) == 0
    };
    if !ok {
        return None;
    }
    let path = format!("/dev/pts/{number}");
    let name = std::ffi::CString::new(path.as_str()).ok()?;
    // SAFETY: a plain open of a NUL-terminated path; the descriptor is owned by the File made of it.
    let slave = unsafe {
        let fd = libc::open(name.as_ptr(), libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
        if fd < 0 {
            return None;
        }
        let mut mode = std::mem::zeroed::<libc::termios>();
        if libc::tcgetattr(fd, &mut mode) == 0 {
            libc::cfmakeraw(&mut mode);
            libc::tcsetattr(fd, libc::TCSANOW, &mode);
        }
        File::from_raw_fd(fd)
    };
    Some((master, slave, path))
}

/// A clock for waiting with an end.
pub struct Deadline(Instant);

impl Deadline {
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// What is left; `None` when it is over.
    pub fn left(&self) -> Option<Duration> {
        self.0.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}
