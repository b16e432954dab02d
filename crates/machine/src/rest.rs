//! What runs on the host for everybody and is no machine of its own: nodes of load balancers, and sandboxes of functions
//! with the process that makes them. None of it may run on cores that somebody holds alone.

use std::fs;
use std::path::Path;

use crate::driver::{Error, Result};
use crate::sandbox;
use crate::vm::Hierarchies;

const PARENT: &str = "freehold";

/// Lets all that a region has of it run on these CPUs only; none: on any. What is made later is kept there by the next call.
/// Blocks.
///
/// # Errors
/// Those of the kernel. What has ended meanwhile is no error.
pub fn confine(data_dir: &Path, cpus: &[u32]) -> Result<()> {
    let hierarchies = Hierarchies::detect()?;
    for id in names(&data_dir.join("balancers")) {
        unless_gone(hierarchies.pin(&format!("lb-{id}"), cpus))?;
    }
    let node = sandbox::node_group(data_dir);
    let Some(root) = hierarchies.root_of("cpu") else { return Ok(()) };
    let prefix = sandbox::prefix(data_dir);
    let groups: Vec<String> =
        names(&root.join(PARENT)).into_iter().filter(|name| *name == node || name.starts_with(&prefix)).collect();
    if hierarchies.version_of("cpuset") == Some(2) {
        return groups.iter().try_for_each(|group| unless_gone(hierarchies.pin(group, cpus)));
    }
    // In version 1 they have no group there: they are put into one together, which those that they make are born into.
    let Some(cpusets) = hierarchies.root_of("cpuset") else { return Ok(()) };
    let shared = cpusets.join(PARENT).join(&node);
    if groups.is_empty() || (cpus.is_empty() && !shared.exists()) {
        return Ok(());
    }
    hierarchies.create_cpuset(&node)?;
    hierarchies.pin(&node, cpus)?;
    for group in groups {
        let inside = fs::read_to_string(root.join(PARENT).join(group).join("cgroup.procs")).unwrap_or_default();
        for pid in inside.lines() {
            // One that has ended cannot be moved, and need not be.
            let _ = fs::write(shared.join("cgroup.procs"), pid);
        }
    }
    Ok(())
}

/// Whatever was removed in this moment is on no core.
fn unless_gone(done: Result<()>) -> Result<()> {
    match done {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
