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
datasource_list: [Ec2]
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
growpart: {mode: 'off'}
resize_rootfs: false
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
