//! The system calls that a guest may not make. A system container needs nearly all others, so this is a list of
//! what is refused: what changes the host's kernel, what reaches past mounts, and young interfaces with a record
//! of holes that no server program needs.

use serde_json::{Value, json};

const EPERM: u32 = 1;
const ENOSYS: u32 = 38;
const CLONE_NEWUSER: u64 = 0x1000_0000;

const REFUSED: &[&str] = &[
    // The kernel itself.
    "init_module",
    "finit_module",
    "delete_module",
    "create_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "lookup_dcookie",
    "kcmp",
    "nfsservctl",
    "uselib",
    "ustat",
    "sysfs",
    "_sysctl",
    // Hardware.
    "iopl",
    "ioperm",
    "vm86",
    "vm86old",
    "modify_ldt",
    // Keys are not separated by namespaces.
    "keyctl",
    "add_key",
    "request_key",
    // Mounts, and files by handle, which ignore them.
    "open_by_handle_at",
    "open_tree",
    "move_mount",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "swapon",
    "swapoff",
    "quotactl",
    "quotactl_fd",
    "acct",
    // The host's clock.
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "stime",
    // The kernel's log.
    "syslog",
];

/// Refused with "no such call", so that programs take the older way.
const ABSENT: &[&str] = &["clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"];

pub fn profile() -> Value {
    let no_new_users = |call: &str| {
        json!({
            "names": [call], "action": "SCMP_ACT_ERRNO", "errnoRet": EPERM,
            "args": [{"index": 0, "value": CLONE_NEWUSER, "valueTwo": CLONE_NEWUSER, "op": "SCMP_CMP_MASKED_EQ"}],
        })
    };
    json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": [
            {"names": REFUSED, "action": "SCMP_ACT_ERRNO", "errnoRet": EPERM},
            {"names": ABSENT, "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
            // A user namespace inside would bring back every capability, and with them most of the kernel.
            no_new_users("clone"),
            no_new_users("unshare"),
        ],
    })
}
