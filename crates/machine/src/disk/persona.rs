//! Runs something as another file owner. Overlayfs makes files on its upper layer with the identity of whoever
//! mounted it; on a layer whose owners are shifted, the host's root has no identity.

use std::io::{Error, ErrorKind, Result};

/// `struct __user_cap_header_struct` and twice `__user_cap_data_struct` of linux/capability.h.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

const VERSION_3: u32 = 0x2008_0522;

/// Runs `work` in a thread whose files belong to that user and group, with all powers that this process has.
pub fn with_owner<T: Send>(owner: u32, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            become_owner(owner)?;
            work()
        });
        thread.join().unwrap_or_else(|_| Err(ErrorKind::Other.into()))
    })
}

/// Changes this thread only: these system calls know nothing of processes.
fn become_owner(owner: u32) -> Result<()> {
    let header = Header { version: VERSION_3, pid: 0 };
    let mut sets = [Sets::default(); 2];
    // SAFETY: header and sets have the layout that version 3 takes; the identity is this thread's own, which
    // ends with the work.
    unsafe {
        libc::syscall(libc::SYS_setfsgid, owner);
        libc::syscall(libc::SYS_setfsuid, owner);
        if libc::syscall(libc::SYS_capget, &header, &mut sets) != 0 {
            return Err(Error::last_os_error());
        }
        // Another file owner loses the powers over files; take them up again.
        for set in &mut sets {
            set.effective = set.permitted;
        }
        if libc::syscall(libc::SYS_capset, &header, &sets) != 0 {
            return Err(Error::last_os_error());
        }
    }
    Ok(())
}
