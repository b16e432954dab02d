//! The Debian 12 image: a small Debian without systemd, because the guest program is PID 1, with cloud-init
//! reading EC2's metadata.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::driver::{Error, Result};
use crate::image::{Progress, Recipe};
use crate::program;

/// Left out of every package, as Debian's own container images do.
const LEFT_OUT: [&str; 3] = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];

/// cloud-init asks EC2's metadata service and nobody else, and leaves the network alone, which is set already.
const CLOUD_INIT: &str = "\
# Written by Freehold.
datasource_list: [Freehold]
system_info:
  default_user:
    name: admin
    gecos: Debian
    lock_passwd: true
    sudo: ['ALL=(ALL) NOPASSWD:ALL']
    shell: /bin/bash
datasource:
  Ec2:
    strict_id: false
    metadata_urls: ['http://169.254.169.254']
    max_wait: 10
    timeout: 5
    apply_full_imds_network_config: false
network:
  config: disabled
manage_etc_hosts: false
preserve_hostname: true
growpart: {mode: 'off'}
resize_rootfs: false
";

/// cloud-init asks for a session token only where the firmware says that this is Amazon's hardware. A container has
/// the host's firmware, a small virtual machine has none, so the data source says it instead.
const DATA_SOURCE: &str = "\
# Written by Freehold: the EC2 data source, with session tokens, whatever the firmware says.
from cloudinit import sources
from cloudinit.sources.DataSourceEc2 import CloudNames, DataSourceEc2


class DataSourceFreehold(DataSourceEc2):
    def _get_cloud_name(self):
        return CloudNames.AWS


def get_datasource_list(depends):
    known = [(DataSourceFreehold, (sources.DEP_FILESYSTEM, sources.DEP_NETWORK))]
    return sources.list_from_depends(depends, known)
";

pub fn tree(root: &Path, progress: Progress<'_>) -> Result<()> {
    progress("installing Debian 12 with mmdebstrap; this takes a minute or two");
    let mut command = Command::new("mmdebstrap");
    command.args(["--mode=root", "--variant=minbase", "--architectures=amd64", "--skip=output/dev"]);
    command.arg("--aptopt=Acquire::Languages \"none\"");
    for path in LEFT_OUT {
        command.arg(format!("--dpkgopt=path-exclude={path}"));
    }
    command.arg(format!("--include={}", Recipe::Debian12.packages().join(",")));
    program::run("mmdebstrap", command.arg("bookworm").arg(root))?;
    progress("configuring");
    configure(root).map_err(|error| Error::io("configure the Debian image", error))
}

fn configure(root: &Path) -> std::io::Result<()> {
    fs::write(root.join("etc/cloud/cloud.cfg.d/90_freehold.cfg"), CLOUD_INIT)?;
    fs::write(root.join("usr/lib/python3/dist-packages/cloudinit/sources/DataSourceFreehold.py"), DATA_SOURCE)?;
    // Host keys and machine id are each instance's own.
    for entry in fs::read_dir(root.join("etc/ssh"))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(entry.path())?;
        }
    }
    fs::write(root.join("etc/machine-id"), "")?;
    fs::write(root.join("etc/ssh/sshd_config.d/freehold.conf"), "PasswordAuthentication no\n")?;
    for cache in ["var/lib/apt/lists", "var/cache/apt"] {
        let _ = fs::remove_dir_all(root.join(cache));
        fs::create_dir_all(root.join(cache))?;
    }
    fs::create_dir_all(root.join("var/lib/apt/lists/partial"))?;
    fs::create_dir_all(root.join("var/cache/apt/archives/partial"))
}
