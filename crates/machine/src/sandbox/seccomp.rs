//! The system calls that are refused. A runtime is any program, so this is a list of what is refused, not of what is
//! allowed: what makes namespaces and mounts, what looks into other processes, what reaches devices and keys, and young
//! interfaces with a record of holes.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

const REFUSED: &[libc::c_long] = &[
    // The kernel itself.
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_reboot,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_lookup_dcookie,
    libc::SYS_syslog,
    // Hardware.
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    // Keys are not separated by namespaces.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // Namespaces, mounts, and files by handle, which ignore them.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_quotactl,
    libc::SYS_acct,
    libc::SYS_fanotify_init,
    // Other processes. Debuggers of a function are its own affair, but no runtime needs one.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    // The host's clock and name.
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
];

/// Refused with "no such call", so that programs take the older way.
const ABSENT: &[libc::c_long] =
    &[libc::SYS_clone3, libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register];

/// Flags of `clone` that make a namespace.
const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWNS,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWCGROUP,
];

/// Raw sockets and the kernel's own: what a function may open are `AF_UNIX`, `AF_INET`, `AF_INET6` and `AF_NETLINK`, by
/// which programs list their addresses.
const FAMILIES: u64 = 17;

/// Set in the numbers of calls by the x32 interface, which some kernels have and no function needs.
const X32: libc::c_long = 0x4000_0000;

/// The two filters, which give different answers.
pub fn filters() -> Result<[BpfProgram; 2], seccompiler::Error> {
    Ok([refused()?, absent()?])
}

fn refused() -> Result<BpfProgram, seccompiler::Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|&call| (call, Vec::new())).collect();
    let by_x32 = REFUSED.iter().chain([&libc::SYS_clone, &libc::SYS_socket]).map(|&call| (call | X32, Vec::new()));
    rules.extend(by_x32);
    let masked = |flag: libc::c_int| {
        let flag = flag as u64;
        let condition = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(flag), flag)?;
        SeccompRule::new(vec![condition])
    };
    let clone = NAMESPACES.into_iter().map(masked).collect::<Result<Vec<_>, _>>().map_err(seccompiler::Error::from)?;
    rules.insert(libc::SYS_clone, clone);
    let family = |operator| SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, FAMILIES);
    let socket = vec![SeccompRule::new(vec![family(SeccompCmpOp::Ge)?])?];
    rules.insert(libc::SYS_socket, socket);
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, refused, arch)?.try_into().map_err(seccompiler::Error::from)
}

fn absent() -> Result<BpfProgram, seccompiler::Error> {
    let rules = ABSENT.iter().map(|&call| (call, Vec::new())).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, missing, arch)?.try_into().map_err(seccompiler::Error::from)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_filters_can_be_compiled() {
        let [refused, absent] = super::filters().unwrap();
        assert!(refused.len() > 50 && absent.len() > 4);
    }
}
