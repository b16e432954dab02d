//! What this crate's tests share.

use std::path::Path;
use std::time::{Duration, Instant};

/// A directory that is removed at the end, mounts in it first.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Ok(mounts) = std::fs::read_to_string("/proc/self/mounts") else {
            return;
        };
        let inside: Vec<_> = mounts
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .map(Path::new)
            .filter(|target| target.starts_with(self.0.path()))
            .collect();
        for target in inside.into_iter().rev() {
            let _ = crate::disk::unmount(target);
        }
    }
}

pub fn directory(name: &str) -> Place {
    Place(tempfile::Builder::new().prefix(&format!("freehold-{name}-")).tempdir().unwrap())
}

/// Whether the test may touch the kernel; says so loudly where it may not.
pub fn is_root(what: &str) -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("SKIPPED: {what} need root");
    }
    root
}

/// Waits for a condition; a test that waits for a minute has failed.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(60), "never happened: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The files behind all loop devices of the host, one a line.
pub fn loop_files() -> String {
    let devices = std::fs::read_dir("/sys/block").into_iter().flatten().flatten();
    devices.filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok()).collect()
}

/// A network for machines without interfaces.
pub struct NoNetwork;

#[async_trait::async_trait]
impl crate::net::Network for NoNetwork {
    async fn apply(&self, _: &crate::net::plan::VpcPlan) -> crate::Result<()> {
        Ok(())
    }
    async fn remove(&self, _: &str) -> crate::Result<()> {
        Ok(())
    }
    async fn list(&self) -> crate::Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn attach_container(&self, _: &crate::Interface, _: usize, _: u32) -> crate::Result<()> {
        Ok(())
    }
    async fn attach_vm(&self, _: &crate::Interface) -> crate::Result<std::os::fd::OwnedFd> {
        Err(crate::Error::Unsupported("no network in this test".into()))
    }
    async fn detach(&self, _: &crate::Interface) -> crate::Result<()> {
        Ok(())
    }
    fn serve_metadata(&self, _: std::sync::Arc<dyn crate::net::metadata::MetadataSource>) {}
}
