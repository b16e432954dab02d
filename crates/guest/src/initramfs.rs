//! The first program of a virtual machine: it stands in the initial RAM disk, and all it does is to make the
//! machine look as a container does when PID 1 starts, then to become that PID 1.
//!
//! Debian's kernel has ext4 and the serial port built in and nearly all else as modules, which lie in
//! `/modules`, numbered in the order of their dependencies (`freehold-machine` writes the archive). The root
//! file system is an overlay of two disks, known by serial number because buses number disks as they like:
//!
//! | serial | what it is |
//! | --- | --- |
//! | `image` | the machine image, erofs, read-only: the lower layer |
//! | `root` | the machine's own disk, ext4, with the directories `upper` and `work` |
//!
//! The kernel's command line may say `freehold.stage=probe`: then the program only says that it was reached
//! and powers off. That is how a host finds out whether it can start machines at all.

use std::ffi::{CStr, CString};
use std::io::{Error, Result};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Said on the console by a probe; the host waits for it.
const PROBE_REACHED: &str = "freehold-probe: userspace reached";
/// How long a disk may take to appear. Emulated machines on a busy host are slow.
const DISK_WAIT: Duration = Duration::from_secs(60);
/// PID 1 of the machine, in the machine's own root.
const NEXT: &CStr = c"/.freehold/init";

/// Runs as PID 1 of the initial RAM disk. Never returns: without a root file system the machine powers off.
pub fn run() -> ExitCode {
    let failed = match boot() {
        Ok(never) => match never {},
        Err(failed) => failed,
    };
    eprintln!("freehold-initramfs: {failed}");
    power_off()
}

enum Never {}

fn boot() -> Result<Never> {
    mount(c"devtmpfs", c"/dev", c"devtmpfs", 0, None)?;
    mount(c"proc", c"/proc", c"proc", 0, None)?;
    if std::fs::read_to_string("/proc/cmdline")?.split_ascii_whitespace().any(|word| word == "freehold.stage=probe") {
        println!("{PROBE_REACHED}");
        power_off();
    }
    mount(c"sysfs", c"/sys", c"sysfs", 0, None)?;
    for module in sorted(Path::new("/modules"))? {
        if let Err(error) = load(&module) {
            // A module for a bus that this machine lacks may refuse; a missing disk says so below.
            eprintln!("freehold-initramfs: {}: {error}", module.display());
        }
    }
    let (image, disk) = wait_for_disks()?;
    mount(&image, c"/lower", c"erofs", libc::MS_RDONLY, None)?;
    mount(&disk, c"/disk", c"ext4", libc::MS_NOATIME, None)?;
    mount(c"overlay", c"/root", c"overlay", 0, Some(c"lowerdir=/lower,upperdir=/disk/upper,workdir=/disk/work"))?;
    become_init()
}

fn sorted(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn load(module: &Path) -> Result<()> {
    let file = std::fs::File::open(module)?;
    // SAFETY: the descriptor is open and the parameters are a terminated string.
    let status = unsafe { libc::syscall(libc::SYS_finit_module, file.as_raw_fd(), c"".as_ptr(), 0) };
    match status {
        0 => Ok(()),
        _ => match Error::last_os_error() {
            loaded if loaded.raw_os_error() == Some(libc::EEXIST) => Ok(()),
            error => Err(error),
        },
    }
}

/// Waits until both disks are there; probing is asynchronous on some buses.
fn wait_for_disks() -> Result<(CString, CString)> {
    let begun = Instant::now();
    loop {
        if let (Some(image), Some(root)) = (disk_with_serial("image"), disk_with_serial("root")) {
            return Ok((image, root));
        }
        if begun.elapsed() > DISK_WAIT {
            return Err(Error::other("the machine's disks did not appear"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn disk_with_serial(wanted: &str) -> Option<CString> {
    std::fs::read_dir("/sys/block").ok()?.flatten().find_map(|entry| {
        let serial = std::fs::read_to_string(entry.path().join("serial")).ok()?;
        let device = Path::new("/dev").join(entry.file_name());
        (serial.trim() == wanted && device.exists())
            .then(|| CString::new(device.into_os_string().into_encoded_bytes()).ok())
            .flatten()
    })
}

/// Gives the kernel file systems to the new root, frees the RAM disk's memory and starts PID 1 there.
fn become_init() -> Result<Never> {
    for (from, to) in [(c"/dev", c"/root/dev"), (c"/proc", c"/root/proc"), (c"/sys", c"/root/sys")] {
        let _ = std::fs::create_dir(to.to_str().unwrap_or_default());
        mount(from, to, c"", libc::MS_MOVE, None)?;
    }
    let _ = std::fs::remove_dir_all("/modules");
    // Images hold an empty file there. Mounted over and not written, as in a container: the program comes with
    // whoever starts the machine, and no disk has an old one.
    mount(c"/initramfs", c"/root/.freehold/init", c"", libc::MS_BIND, None)?;
    std::env::set_current_dir("/root")?;
    mount(c".", c"/", c"", libc::MS_MOVE, None)?;
    // SAFETY: a terminated string, and nothing else runs in this process.
    if unsafe { libc::chroot(c".".as_ptr()) } != 0 {
        return Err(Error::last_os_error());
    }
    std::env::set_current_dir("/")?;
    let arguments = [c"init".as_ptr(), std::ptr::null()];
    let environment =
        [c"PATH=/usr/sbin:/usr/bin:/sbin:/bin".as_ptr(), c"HOME=/".as_ptr(), c"TERM=linux".as_ptr(), std::ptr::null()];
    // SAFETY: both arrays are terminated and live until the call, which returns only if it failed.
    unsafe { libc::execve(NEXT.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
    Err(Error::last_os_error())
}

fn mount(source: &CStr, target: &CStr, kind: &CStr, flags: libc::c_ulong, data: Option<&CStr>) -> Result<()> {
    let data = data.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: all are terminated strings or null, which mount(2) allows for data.
    let status = unsafe { libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, data.cast()) };
    match status {
        0 => Ok(()),
        _ => {
            let error = Error::last_os_error();
            Err(Error::new(error.kind(), format!("mounting {}: {error}", target.to_string_lossy())))
        }
    }
}

fn power_off() -> ! {
    // SAFETY: takes no pointers. A machine that cannot power off is restarted, which ends a probe as well.
    unsafe {
        libc::sync();
        libc::reboot(libc::RB_POWER_OFF);
        libc::reboot(libc::RB_AUTOBOOT);
    }
    std::process::abort()
}
