//! The start of a machine: everything is opened, limited and handed to QEMU, which then has to answer.

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use super::cgroup::Limits;
use super::directory::Directory;
use super::launch::KvmAccess;
use super::qemu::{Inherited, Launch, OVERHEAD_MIB};
use super::qmp::Client;
use super::shared::{Shared, blocking, group};
use super::{launch, media};
use crate::capacity::Host;
use crate::driver::{Error, Result};
use crate::spec::MachineSpec;

impl Shared {
    pub(super) async fn launch(self: &Arc<Self>, directory: Directory, taps: Vec<OwnedFd>) -> Result<Option<u32>> {
        let shared = self.clone();
        blocking(move || shared.launch_now(&directory, &taps)).await
    }

    /// Starts QEMU; `None` if it runs already.
    fn launch_now(&self, directory: &Directory, taps: &[OwnedFd]) -> Result<Option<u32>> {
        let spec = directory.spec()?;
        make_disk(&self.data_dir, directory, &spec)?;
        let (user, kvm) = (launch::user_of(&spec.id), KvmAccess::of(self.flavour.kind)?);
        let Some(lock) = directory.lock()? else { return Ok(None) };
        let media = media::open(&self.data_dir, directory, &spec)?;
        let cgroups = self.cgroups.create(&group(&spec.id), &Limits::of(&spec.resources, OVERHEAD_MIB))?;
        let inherited = Inherited {
            kernel: media.kernel.as_raw_fd(),
            ramdisk: media.ramdisk.as_raw_fd(),
            image: media.image.as_raw_fd(),
            root: media.root.as_raw_fd(),
            console: media.console.as_raw_fd(),
            qmp: media.qmp.as_raw_fd(),
            taps: taps.iter().map(|tap| tap.as_raw_fd()).collect(),
        };
        let run_as = kvm.run_as(user);
        let processors = Host::detect()?.processors_for(spec.resources.vcpus);
        let arguments =
            Launch { spec: &spec, flavour: &self.flavour, inherited: &inherited, run_as, processors }.arguments();
        let mut inherit = vec![
            inherited.kernel,
            inherited.ramdisk,
            inherited.image,
            inherited.root,
            inherited.console,
            inherited.qmp,
        ];
        inherit.extend(&inherited.taps);
        let disk = u64::from(spec.root_disk_gib.max(1)) << 30;
        let confinement = launch::Confinement { user, kvm, cgroups, file_size: disk, lock: Some(lock) };
        let child = launch::spawn(&arguments, inherit, Stdio::null(), media.log, &confinement)?;
        Ok(Some(child.id()))
    }

    /// Waits until QEMU answers; if it ended instead, says what it complained about.
    pub(super) async fn ready(&self, directory: &Directory) -> Result<()> {
        let refused = match Client::connect(&directory.file("qmp.sock")).await {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        if directory.running()?.is_some() {
            return Err(refused);
        }
        let log = std::fs::read_to_string(directory.file("qemu.log")).unwrap_or_default();
        let detail = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended at once");
        Err(Error::Program { program: launch::PROGRAM, detail: detail.to_owned() })
    }
}

/// Makes the machine's disk unless it is there.
pub(super) fn make_disk(data_dir: &Path, directory: &Directory, spec: &MachineSpec) -> Result<()> {
    let templates = data_dir.join("disk-templates");
    std::fs::create_dir_all(&templates).map_err(|source| Error::io("making the disk templates", source))?;
    crate::disk::make(&templates, &crate::disk::image_of(&directory.path), spec.root_disk_gib.max(1))
}
