//! Mounts a disk through a loop device. The device is told to clear itself with its last user, so whatever
//! dies at whatever point, none is leaked.

use std::fs::{self, File, OpenOptions};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags};

use crate::driver::{Error, Result};

const LOOP_CTL_GET_FREE: libc::Ioctl = 0x4C82;
const LOOP_CONFIGURE: libc::Ioctl = 0x4C0A;
const LO_FLAGS_AUTOCLEAR: u32 = 4;
/// Another process may take the free device between our asking and our configuring.
const ATTEMPTS: u32 = 100;

/// `struct loop_config` of linux/loop.h.
#[repr(C)]
struct LoopConfig {
    fd: u32,
    block_size: u32,
    info: LoopInfo,
    reserved: [u64; 8],
}

/// `struct loop_info64`.
#[repr(C)]
struct LoopInfo {
    device: u64,
    inode: u64,
    rdevice: u64,
    offset: u64,
    size_limit: u64,
    number: u32,
    encrypt_type: u32,
    encrypt_key_size: u32,
    flags: u32,
    file_name: [u8; 64],
    crypt_name: [u8; 64],
    encrypt_key: [u8; 32],
    init: [u64; 2],
}

/// Whether something is mounted at exactly this path.
pub fn is_mounted(path: &Path) -> bool {
    // STATX_ATTR_MOUNT_ROOT of linux/stat.h.
    const MOUNT_ROOT: u64 = 0x2000;
    rustix::fs::statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT, StatxFlags::empty())
        .is_ok_and(|about| about.stx_attributes.bits() & MOUNT_ROOT != 0)
}

/// Mounts the disk `image` at the directory `target`, unless it is mounted there.
pub fn mount(image: &Path, target: &Path) -> Result<()> {
    if is_mounted(target) {
        return Ok(());
    }
    let step = |error| Error::io(format!("mount the disk {}", image.display()), error);
    fs::create_dir_all(target).map_err(step)?;
    let image = image.canonicalize().map_err(step)?;
    let mut last = Errno::AGAIN;
    for _ in 0..ATTEMPTS {
        // Held until after the mount, so that the device does not clear itself too early.
        let Some((device, _held)) = device_of(&image)? else {
            std::thread::yield_now();
            continue;
        };
        let flags = MountFlags::NODEV | MountFlags::NOATIME;
        match rustix::mount::mount(&device, target, "ext4", flags, None) {
            Ok(()) => return Ok(()),
            // The device was on its way out.
            Err(error @ (Errno::NXIO | Errno::BUSY | Errno::NODEV | Errno::IO)) => last = error,
            Err(error) => return Err(step(error.into())),
        }
    }
    Err(step(last.into()))
}

/// The loop device of that file: the one that it has (two on one file would destroy it), or a new one.
fn device_of(image: &Path) -> Result<Option<(PathBuf, File)>> {
    if let Some(device) = attached(image) {
        return Ok(File::open(&device).ok().map(|held| (device, held)));
    }
    attach(image).map_err(|error| Error::io("attach a loop device", error))
}

fn attached(image: &Path) -> Option<PathBuf> {
    let wanted = image.to_str()?;
    fs::read_dir("/sys/block").ok()?.flatten().find_map(|entry| {
        let backing = fs::read_to_string(entry.path().join("loop/backing_file")).ok()?;
        (backing.trim_end_matches('\n') == wanted).then(|| Path::new("/dev").join(entry.file_name()))
    })
}

/// A new loop device on the file; `None` if another process was faster. It clears itself with its last user.
pub fn attach(image: &Path) -> std::io::Result<Option<(PathBuf, File)>> {
    let backing = OpenOptions::new().read(true).write(true).open(image)?;
    let control = OpenOptions::new().read(true).write(true).open("/dev/loop-control")?;
    // SAFETY: this request takes no argument.
    let number = unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE) };
    if number < 0 {
        return Err(std::io::Error::last_os_error());
    }
    let path = PathBuf::from(format!("/dev/loop{number}"));
    let device = OpenOptions::new().read(true).write(true).custom_flags(libc::O_CLOEXEC).open(&path);
    let device = match device {
        Ok(device) => device,
        // Removed again, or its node is not there yet.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENXIO | libc::ENOENT)) => return Ok(None),
        Err(error) => return Err(error),
    };
    match configure(device.as_raw_fd(), backing.as_raw_fd()) {
        Ok(()) => Ok(Some((path, device))),
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => Ok(None),
        Err(error) => Err(error),
    }
}

fn configure(device: RawFd, backing: RawFd) -> std::io::Result<()> {
    // SAFETY: all-zero is a valid value of these plain structures.
    let mut config = unsafe { std::mem::zeroed::<LoopConfig>() };
    config.fd = u32::try_from(backing).map_err(std::io::Error::other)?;
    config.info.flags = LO_FLAGS_AUTOCLEAR;
    // SAFETY: the request takes a pointer to a loop_config, which lives across the call.
    if unsafe { libc::ioctl(device, LOOP_CONFIGURE, &config) } == 0 {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}

/// Unmounts whatever is mounted at `target`, however often; detached if somebody is still in it.
pub fn unmount(target: &Path) -> Result<()> {
    while is_mounted(target) {
        let gentle = rustix::mount::unmount(target, UnmountFlags::NOFOLLOW);
        let done = match gentle {
            Err(Errno::BUSY) => rustix::mount::unmount(target, UnmountFlags::NOFOLLOW | UnmountFlags::DETACH),
            other => other,
        };
        match done {
            // EINVAL: somebody else was faster.
            Ok(()) | Err(Errno::INVAL | Errno::NOENT) => {}
            Err(error) => return Err(Error::io(format!("unmount {}", target.display()), error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_as_large_as_promised_and_its_device_clears_itself() {
        if !crate::testing::is_root("loop devices") {
            return;
        }
        let place = crate::testing::directory("attach");
        let (image, target) = (place.path().join("root.img"), place.path().join("disk"));
        crate::disk::make(place.path(), &image, 1).unwrap();
        mount(&image, &target).unwrap();
        mount(&image, &target).unwrap();
        assert!(target.join("upper").is_dir());
        let too_much = rustix::fs::fallocate(
            File::create(target.join("upper/big")).unwrap(),
            rustix::fs::FallocateFlags::empty(),
            0,
            2 << 30,
        );
        assert_eq!(too_much.unwrap_err(), Errno::NOSPC);
        unmount(&target).unwrap();
        assert!(!is_mounted(&target));
        crate::testing::wait_until("the loop device is gone", || attached(&image).is_none());
    }
}
