//! Everything but KVM: each feature is used once, in a scratch directory below the data directory because file
//! systems differ in what they allow.

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::mount::{MountFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

use super::{Feature, Finding};
use crate::driver::{Error, Result};
use crate::vm::cgroup::{CONTROLLERS, Hierarchies, Limits};
use crate::{disk, guest, program};

/// All findings, in the order in which a person wants to read them.
pub fn all(data_dir: &Path) -> Vec<Finding> {
    let scratch = Scratch(data_dir.join(format!(".probe-{:016x}", rand::random::<u64>())));
    let at = &scratch.0;
    let root = rustix::process::geteuid().is_root();
    let use_it = |feature, meaning: (&str, &str), probe: &dyn Fn() -> Result<String>| {
        let outcome = if root || matches!(feature, Feature::Root | Feature::Qemu | Feature::UserNamespaces) {
            std::fs::create_dir_all(at)
                .map_err(|source| Error::io("making a scratch directory", source))
                .and_then(|()| probe())
        } else {
            Err(Error::Unsupported("not tried without root".into()))
        };
        let works = outcome.is_ok();
        Finding {
            feature,
            works,
            found: outcome.unwrap_or_else(|error| error.to_string()),
            meaning: if works { meaning.0 } else { meaning.1 }.into(),
        }
    };
    vec![
        use_it(
            Feature::Root,
            ("Machines, networks and disks can be made.", "Run as root for machines; else they exist in state only."),
            &|| match root {
                true => Ok("running as root".into()),
                false => Err(Error::Unsupported("not running as root".into())),
            },
        ),
        use_it(
            Feature::Cgroups,
            ("Instance types are enforced.", "Without cgroups nothing keeps a machine to its type, so none is made."),
            &cgroups,
        ),
        use_it(
            Feature::UserNamespaces,
            ("Root in a container is nobody on the host.", "Containers would run with the host's root id."),
            &|| {
                program::run("unshare", Command::new("unshare").args(["--user", "--map-root-user", "true"]))
                    .map(|_| "a process became root of its own".into())
            },
        ),
        use_it(
            Feature::NetworkNamespaces,
            ("Every VPC is a network of its own.", "Without network namespaces there are no VPCs, so no machines."),
            &|| in_new_network(|| Ok("one was made".into())),
        ),
        use_it(
            Feature::Nftables,
            ("Security groups are real.", "Install nftables: without it nothing guards machines, so none is made."),
            &nftables,
        ),
        use_it(
            Feature::Overlay,
            ("Machines share their image.", "Containers need overlayfs on the data directory's file system."),
            &|| overlay(at),
        ),
        use_it(
            Feature::LoopDevices,
            ("A container's disk has the size that was asked for.", "Containers need loop devices for their disks."),
            &|| loop_device(at),
        ),
        use_it(
            Feature::Erofs,
            ("Images can be packed for virtual machines.", "Install erofs-utils for virtual machines."),
            &|| erofs(at),
        ),
        use_it(Feature::Runc, ("Instances can be system containers.", "Install runc for containers."), &|| runc(at)),
        use_it(
            Feature::Qemu,
            ("Instances can be virtual machines.", "Install qemu-system-x86 for virtual machines."),
            &|| {
                let said = program::run("qemu-system-x86_64", Command::new("qemu-system-x86_64").arg("--version"))?;
                Ok(String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned())
            },
        ),
    ]
}

/// A directory that goes away, mounts and all.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn cgroups() -> Result<String> {
    let host = Hierarchies::detect()?;
    let name = format!("probe-{:08x}", rand::random::<u32>());
    let limits = Limits { cpu_weight: 100, cpu_millis: 1000, cpus: Vec::new(), memory_bytes: 64 << 20 };
    let made = host.create(&name, &limits).map(drop);
    let removed = host.remove(&name);
    made.and(removed)?;
    let versions: Vec<_> = CONTROLLERS
        .iter()
        .map(|name| match host.version_of(name) {
            Some(version) => format!("{name} v{version}"),
            None => format!("{name} missing"),
        })
        .collect();
    let found = versions.join(", ");
    match host.version_of("cpu").and(host.version_of("memory")) {
        Some(_) => Ok(found),
        None => Err(Error::Unsupported(found)),
    }
}

/// Runs on a thread that has a network namespace of its own, which ends with it.
fn in_new_network(work: impl FnOnce() -> Result<String> + Send + 'static) -> Result<String> {
    let thread = std::thread::spawn(move || {
        // SAFETY: concerns this thread alone, which shares no namespace state and ends right after.
        unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }
            .map_err(|error| Error::io("making a network namespace", error))?;
        work()
    });
    thread.join().unwrap_or_else(|_| Err(Error::io("a probe", std::io::Error::other("it panicked"))))
}

fn nftables() -> Result<String> {
    const RULES: &str = "table inet probe { chain forward { type filter hook forward priority 0; policy drop; \
                         ct state established accept; }; }";
    in_new_network(|| {
        program::run("nft", Command::new("nft").arg(RULES))?;
        Ok("a stateful rule was set".into())
    })
}

fn overlay(scratch: &Path) -> Result<String> {
    let part = |name: &str| scratch.join("overlay").join(name);
    for name in ["lower", "upper", "work", "merged"] {
        std::fs::create_dir_all(part(name)).map_err(|source| Error::io("making directories", source))?;
    }
    let options = format!(
        "lowerdir={},upperdir={},workdir={}",
        part("lower").display(),
        part("upper").display(),
        part("work").display()
    );
    let options =
        std::ffi::CString::new(options).map_err(|error| Error::io("naming an overlay", std::io::Error::from(error)))?;
    rustix::mount::mount("overlay", part("merged"), "overlay", MountFlags::empty(), Some(options.as_c_str()))
        .map_err(|error| Error::io("mounting an overlay", error))?;
    let written = std::fs::write(part("merged").join("file"), "x");
    let _ = rustix::mount::unmount(part("merged"), UnmountFlags::DETACH);
    written.map_err(|source| Error::io("writing to an overlay", source))?;
    Ok("one was mounted and written to".into())
}

fn loop_device(scratch: &Path) -> Result<String> {
    let (image, target) = (scratch.join("disk.img"), scratch.join("disk"));
    disk::make(scratch, &image, 1)?;
    let mounted = disk::mount(&image, &target);
    let unmounted = disk::unmount(&target);
    mounted.and(unmounted)?;
    Ok("a disk was made and mounted".into())
}

fn erofs(scratch: &Path) -> Result<String> {
    let tree = scratch.join("tree");
    std::fs::create_dir_all(&tree).map_err(|source| Error::io("making directories", source))?;
    program::run("mkfs.erofs", Command::new("mkfs.erofs").arg("--quiet").arg(scratch.join("tree.erofs")).arg(&tree))?;
    Ok("an image was packed".into())
}

/// Runs the guest program's `free` as a container's only process.
fn runc(scratch: &Path) -> Result<String> {
    let bundle = scratch.join("bundle");
    let step = |source| Error::io("making a bundle", source);
    std::fs::create_dir_all(bundle.join("rootfs/proc")).map_err(step)?;
    let installed = guest::install(scratch)?;
    std::fs::copy(installed, bundle.join("rootfs/free")).map_err(step)?;
    let id = format!("freehold-probe-{:08x}", rand::random::<u32>());
    let config = serde_json::json!({
        "ociVersion": "1.0.2",
        "process": { "terminal": false, "user": { "uid": 0, "gid": 0 }, "args": ["/free"], "cwd": "/", "env": [] },
        "root": { "path": "rootfs", "readonly": true },
        "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
        "linux": {
            "cgroupsPath": format!("/freehold/{id}"),
            "namespaces": [{ "type": "pid" }, { "type": "mount" }, { "type": "ipc" }, { "type": "uts" }]
        }
    });
    std::fs::write(bundle.join("config.json"), config.to_string()).map_err(step)?;
    let state = scratch.join("runc");
    let runc = || {
        let mut command = Command::new("runc");
        command.arg("--root").arg(&state);
        command
    };
    let ran = program::run("runc", runc().arg("run").arg("--bundle").arg(&bundle).arg(&id));
    // Does nothing where the container has ended by itself.
    let _ = program::run("runc", runc().args(["delete", "--force", &id]));
    let said = ran?;
    match String::from_utf8_lossy(&said).contains("Mem") {
        true => Ok("a container ran".into()),
        false => Err(Error::Program { program: "runc", detail: "a container ran and said nothing".into() }),
    }
}
