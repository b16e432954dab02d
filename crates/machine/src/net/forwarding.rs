//! The host's `net.ipv4.ip_forward`. It belongs to the whole host: the first region that needs it switches it
//! on and leaves a note where every region finds it; whoever removes the last VPC of the host switches it off
//! again, if the note says so. The note lives in `/run`, so that it ends with the setting at a reboot.

use std::fs::File;
use std::path::Path;

use rustix::fs::FlockOperation;

use super::netlink::Netlink;
use super::{names, netns, sysctl};
use crate::driver::{Error, Result};

const KEY: &str = "ipv4/ip_forward";
const DIRECTORY: &str = "/run/freehold";
const NOTE: &str = "/run/freehold/ip_forward-was-off";

/// Switches forwarding on.
pub fn enable() -> Result<()> {
    let _lock = lock()?;
    if sysctl::get(KEY)? != "0" {
        return Ok(());
    }
    std::fs::write(NOTE, "").map_err(|e| Error::io(format!("write {NOTE}"), e))?;
    sysctl::set(KEY, "1")?;
    tracing::info!("switched net.ipv4.ip_forward of the host on, until the last VPC is removed");
    Ok(())
}

/// Switches forwarding off again if it was off before and no VPC and no sandbox of any region is left.
pub fn restore() -> Result<()> {
    let _lock = lock()?;
    let links = Netlink::open()?.links()?;
    let is_needed = netns::list()?.iter().any(|name| names::is_namespace_of_any_region(name))
        || links.iter().any(|link| names::is_sandbox_of_any_region(&link.name));
    if is_needed || !Path::new(NOTE).exists() {
        return Ok(());
    }
    sysctl::set(KEY, "0")?;
    tracing::info!("switched net.ipv4.ip_forward of the host off again");
    std::fs::remove_file(NOTE).map_err(|e| Error::io(format!("remove {NOTE}"), e))
}

fn lock() -> Result<File> {
    std::fs::create_dir_all(DIRECTORY).map_err(|e| Error::io(format!("create {DIRECTORY}"), e))?;
    let path = Path::new(DIRECTORY).join("network.lock");
    let file = File::create(&path).map_err(|e| Error::io(format!("create {}", path.display()), e))?;
    rustix::fs::flock(&file, FlockOperation::LockExclusive)
        .map_err(|e| Error::io(format!("lock {}", path.display()), e))?;
    Ok(file)
}
