//! Brings the machine up, then keeps its SSH server alive. Runs as a child of PID 1, so that it may fail, and
//! may be started again at any point: each step looks before it does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::metadata::Metadata;
use crate::{console, identity, keys, memory, network, power, ssh, userdata};

/// How long a machine waits for its metadata before it starts without.
const METADATA_PATIENCE: Duration = Duration::from_secs(2);

pub fn run() -> ExitCode {
    // Inherited by all but PID 1, which should be the last that the kernel chooses when memory is short.
    let _ = fs::write("/proc/self/oom_score_adj", "200");
    if power::in_container() {
        console::provide_terminal();
        memory::keep_true();
    } else {
        identify_machine();
        power::watch_button();
    }
    identity::write_files();
    console::say(&format!("Freehold guest {} on {}", env!("CARGO_PKG_VERSION"), identity::hostname()));
    let metadata = Metadata::open(METADATA_PATIENCE);
    let home = metadata.as_ref().and_then(instance_directory);
    match (&metadata, Path::new("/usr/bin/cloud-init").exists()) {
        (Some(_), true) => with_cloud_init(),
        (Some(metadata), false) => without_cloud_init(metadata, home.as_deref()),
        (None, _) => {
            console::say("no metadata service; starting without keys and user data");
            start_ssh(false);
        }
    }
    console::say("boot finished");
    // The SSH server's thread goes on; so does everything that it keeps.
    loop {
        std::thread::park();
    }
}

/// Host name and network of a virtual machine, from the kernel's command line.
fn identify_machine() {
    let line = fs::read_to_string("/proc/cmdline").unwrap_or_default();
    if let Some(name) = identity::argument(&line, "freehold.hostname") {
        identity::set_hostname(name);
    }
    let interfaces = identity::argument(&line, "freehold.net").map(network::parse).unwrap_or_default();
    network::configure(&interfaces);
}

/// The directory of what was done once for this instance; a new one for a copy of its disk.
fn instance_directory(metadata: &Metadata) -> Option<PathBuf> {
    let id = metadata.text("meta-data/instance-id")?;
    if id.is_empty() || id.contains(['/', '.']) {
        return None;
    }
    let address = metadata.text("meta-data/local-ipv4").unwrap_or_default();
    console::say(&format!("instance {id}, address {address}"));
    Some(Path::new("/var/lib/freehold").join(id))
}

fn without_cloud_init(metadata: &Metadata, home: Option<&Path>) {
    if let Some(key) = metadata.text("meta-data/public-keys/0/openssh-key") {
        keys::authorize(&key);
    }
    let is_new = home.is_some_and(|home| !home.join("host-keys").exists());
    if let Some(home) = home {
        let _ = fs::create_dir_all(home);
    }
    start_ssh(is_new);
    if let Some(home) = home {
        let _ = fs::write(home.join("host-keys"), "");
        if let Some(data) = metadata.get("user-data") {
            userdata::run_once(data, home);
        }
    }
}

/// cloud-init's own stages, in the order in which systemd would run them. It makes users, keys and host keys
/// in the second, so the SSH server comes after that.
fn with_cloud_init() {
    stage(&["init", "--local"]);
    stage(&["init"]);
    start_ssh(false);
    stage(&["modules", "--mode=config"]);
    stage(&["modules", "--mode=final"]);
}

fn stage(arguments: &[&str]) {
    match Command::new("/usr/bin/cloud-init").args(arguments).env_remove("FREEHOLD").status() {
        Ok(status) if status.success() => {}
        Ok(status) => console::say(&format!("cloud-init {}: {status}", arguments.join(" "))),
        Err(error) => console::say(&format!("cloud-init {}: {error}", arguments.join(" "))),
    }
}

fn start_ssh(fresh_key: bool) {
    let Some(server) = ssh::Server::find() else {
        return console::say("this image has no SSH server");
    };
    server.provide_key(fresh_key);
    std::thread::spawn(move || server.keep_running());
    console::say("SSH server started");
}
