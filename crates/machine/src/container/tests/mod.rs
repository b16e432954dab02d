//! Real containers, through the driver.

mod confinement;
mod life;
mod network;
mod snapshot;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use super::*;
use crate::image::{ImageStore, Recipe};
use crate::testing::{self, NoNetwork, Place};
use crate::{Driver, Error, MachineEvent, MachineSpec, MachineState, Resources};

/// A region's data of its own; everything in it is gone at the end, whatever the test did.
struct Region {
    place: Place,
    images: ImageStore,
    driver: ContainerDriver,
    name: String,
}

/// The minimal image is built once for all tests, beside cargo's other results.
fn image_store() -> Option<PathBuf> {
    static STORE: OnceLock<Option<PathBuf>> = OnceLock::new();
    STORE
        .get_or_init(|| {
            if !testing::is_root("containers") {
                return None;
            }
            let found = std::process::Command::new("runc").arg("--version").output();
            if found.is_err() {
                eprintln!("SKIPPED: runc is not installed");
                return None;
            }
            let path = std::env::temp_dir().join("freehold-test-images");
            let store = ImageStore::open(&path).unwrap();
            store.build(Recipe::Minimal, &|step| eprintln!("image: {step}")).unwrap();
            Some(path)
        })
        .clone()
}

impl Region {
    fn new() -> Option<Self> {
        let images = ImageStore::open(&image_store()?).unwrap();
        let place = testing::directory("container");
        let driver = driver(&place, &images);
        let name = format!("t{:08x}", rand::random::<u32>());
        Some(Self { place, images, driver, name })
    }

    fn spec(&self, number: u32) -> MachineSpec {
        MachineSpec {
            id: format!("{}-{number}", self.name),
            image: Recipe::Minimal.image_id(),
            resources: Resources {
                vcpus: 1,
                memory_mib: 64,
                cpu_weight: 100,
                cpu_limit_millis: Some(500),
                cpuset: Vec::new(),
            },
            root_disk_gib: 1,
            hostname: "ip-10-0-0-5".into(),
            interfaces: Vec::new(),
        }
    }

    async fn started(&self, number: u32) -> String {
        let spec = self.spec(number);
        self.driver.create(&spec).await.unwrap();
        self.driver.start(&spec.id).await.unwrap();
        spec.id
    }

    async fn console_shows(&self, id: &str, text: &str) {
        self.console_shows_times(id, text, 1).await;
    }

    async fn console_shows_times(&self, id: &str, text: &str, times: usize) {
        for _ in 0..6000 {
            let console = self.driver.console(id).await.unwrap();
            if String::from_utf8_lossy(&console).matches(text).count() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let console = self.driver.console(id).await.unwrap();
        panic!("never on the console: {text}\n{}", String::from_utf8_lossy(&console));
    }

    /// Runs a command inside, as an operator of the host could.
    fn inside(&self, id: &str, command: &str) -> String {
        let output = std::process::Command::new("runc")
            .arg("--root")
            .arg(self.place.path().join("runc"))
            .args(["exec", id, "/bin/sh", "-c", command])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned() + String::from_utf8_lossy(&output.stderr).trim()
    }

    /// Nothing of this region is left on the host.
    fn assert_clean(&self) {
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        let place = self.place.path().to_str().unwrap();
        assert!(!mounts.contains(place), "{mounts}");
        testing::wait_until("the loop devices are gone", || !testing::loop_files().contains(place));
        for line in mounts.lines().filter(|line| line.contains(" cgroup")) {
            let root = PathBuf::from(line.split(' ').nth(1).unwrap()).join("freehold");
            for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
                assert!(!entry.file_name().to_string_lossy().starts_with(&self.name), "{:?}", entry.path());
            }
        }
        let machine = directory::Directory::new(self.place.path(), "i-1").unwrap();
        assert_eq!(std::fs::read_dir(machine.rootfs().ancestors().nth(2).unwrap()).into_iter().flatten().count(), 0);
        let runc = std::fs::read_dir(self.place.path().join("runc")).into_iter().flatten().count();
        assert_eq!(runc, 0);
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let machines = std::fs::read_dir(self.place.path().join("machines")).into_iter().flatten().flatten();
        for entry in machines {
            let id = entry.file_name().to_string_lossy().into_owned();
            let _ = cgroup::clear(&id);
            let _ = directory::Directory::new(self.place.path(), &id).and_then(|machine| machine.unmount());
        }
    }
}

fn driver(place: &Place, images: &ImageStore) -> ContainerDriver {
    ContainerDriver::new(place.path(), images.clone(), std::sync::Arc::new(NoNetwork)).unwrap()
}

async fn exited(events: &mut tokio::sync::broadcast::Receiver<MachineEvent>, id: &str) {
    let wait = async { while events.recv().await.unwrap() != (MachineEvent::Exited { id: id.to_owned() }) {} };
    tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap();
}
