//! Real containers, through the driver.

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
        let runc = std::fs::read_dir(self.place.path().join("runc")).into_iter().flatten().count();
        assert_eq!(runc, 0);
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let machines = std::fs::read_dir(self.place.path().join("machines")).into_iter().flatten().flatten();
        for entry in machines {
            let _ = cgroup::clear(&entry.file_name().to_string_lossy());
        }
    }
}

fn driver(place: &Place, images: &ImageStore) -> ContainerDriver {
    ContainerDriver::new(place.path(), images.clone(), std::sync::Arc::new(NoNetwork)).unwrap()
}

async fn exited(events: &mut tokio::sync::broadcast::Receiver<MachineEvent>, id: &str) {
    let wait = async {
        while events.recv().await.unwrap() != (MachineEvent::Exited { id: id.to_owned() }) {}
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.unwrap();
}

#[tokio::test]
async fn a_machine_boots_is_limited_and_leaves_nothing_behind() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    assert!(matches!(region.driver.state(&id).await.unwrap(), MachineState::Running { .. }));
    region.console_shows(&id, "boot finished").await;
    region.console_shows(&id, "BEGIN SSH HOST KEY FINGERPRINTS").await;
    assert_eq!(region.inside(&id, "hostname"), "ip-10-0-0-5");
    assert_eq!(region.inside(&id, "nproc"), "1");
    assert_eq!(region.inside(&id, "grep -c ^processor /proc/cpuinfo"), "1");
    let total = region.inside(&id, "free -m | awk '/^Mem/ {print $2}'");
    assert_eq!(total, "64");
    let group = |file: &str| region.inside(&id, &format!("cat /sys/fs/cgroup/{file}"));
    if !cgroup::is_unified() {
        assert_eq!(group("memory/memory.limit_in_bytes"), "67108864");
        assert_eq!(group("cpu/cpu.cfs_quota_us"), "50000");
        assert_eq!(group("pids/pids.max"), "4096");
    }
    // 100 MiB do not fit into 64: the kernel ends what asks for them, and the machine goes on.
    let hungry = region.inside(&id, "x=$(head -c 100000000 /dev/zero | tr '\\0' x); echo survived");
    assert!(!hungry.contains("survived"), "{hungry}");
    let full = region.inside(&id, "dd if=/dev/zero of=/big bs=1M; rm -f /big");
    assert!(full.contains("No space left"), "{full}");
    assert!(region.inside(&id, "ps").contains("dropbear"));
    region.driver.destroy(&id).await.unwrap();
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Absent);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn powering_off_inside_ends_the_machine_and_keeps_its_disk() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let mut events = region.driver.events();
    region.inside(&id, "echo kept > /root/file; poweroff");
    exited(&mut events, &id).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Stopped);
    region.console_shows(&id, "powering off").await;
    let more = Resources { memory_mib: 128, ..region.spec(1).resources };
    region.driver.resize(&id, &more).await.unwrap();
    region.driver.start(&id).await.unwrap();
    region.console_shows_times(&id, "boot finished", 2).await;
    assert_eq!(region.inside(&id, "cat /root/file"), "kept");
    assert_eq!(region.inside(&id, "free -m | awk '/^Mem/ {print $2}'"), "128");
    region.driver.shut_down(&id).await.unwrap();
    exited(&mut events, &id).await;
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_reboot_keeps_the_process_and_starts_everything_again() {
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let before = region.driver.state(&id).await.unwrap();
    region.driver.reboot(&id).await.unwrap();
    region.console_shows_times(&id, "boot finished", 2).await;
    region.inside(&id, "reboot");
    region.console_shows_times(&id, "boot finished", 3).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_new_driver_adopts_what_runs() {
    let Some(mut region) = Region::new() else { return };
    let id = region.started(1).await;
    region.console_shows(&id, "boot finished").await;
    let before = region.driver.state(&id).await.unwrap();
    region.driver = driver(&region.place, &region.images);
    assert_eq!(region.driver.list().await.unwrap(), [id.clone()]);
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    region.driver.start(&id).await.unwrap();
    assert_eq!(region.driver.state(&id).await.unwrap(), before);
    let mut events = region.driver.events();
    region.driver.kill(&id).await.unwrap();
    exited(&mut events, &id).await;
    assert_eq!(region.driver.state(&id).await.unwrap(), MachineState::Stopped);
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn a_failed_start_leaves_nothing_running() {
    let Some(region) = Region::new() else { return };
    let mut spec = region.spec(1);
    // No such CPU: runc fails after it has made the control groups.
    spec.resources.cpuset = vec![4000];
    region.driver.create(&spec).await.unwrap();
    let error = region.driver.start(&spec.id).await.unwrap_err();
    assert!(matches!(error, Error::Program { program: "runc", .. }), "{error}");
    assert_eq!(region.driver.state(&spec.id).await.unwrap(), MachineState::Stopped);
    region.assert_clean();
    region.driver.destroy(&spec.id).await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let Some(region) = Region::new() else { return };
    let mut spec = region.spec(1);
    spec.image = "ami-0".into();
    assert!(matches!(region.driver.create(&spec).await, Err(Error::NoImage(_))));
    assert!(matches!(region.driver.start("nobody").await, Err(Error::NoMachine(_))));
    assert!(matches!(region.driver.start("../etc").await, Err(Error::NoMachine(_))));
    region.driver.destroy("nobody").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_machines_start_at_once() {
    let Some(region) = Region::new() else { return };
    let began = std::time::Instant::now();
    let starts: Vec<_> = (0..50)
        .map(|number| {
            let (driver, spec) = (region.driver.clone(), region.spec(number));
            tokio::spawn(async move {
                driver.create(&spec).await?;
                driver.start(&spec.id).await?;
                Ok::<_, Error>(spec.id)
            })
        })
        .collect();
    let mut ids = Vec::new();
    for start in starts {
        ids.push(start.await.unwrap().unwrap());
    }
    eprintln!("50 machines started in {:?}", began.elapsed());
    for id in &ids {
        assert!(matches!(region.driver.state(id).await.unwrap(), MachineState::Running { .. }));
        region.console_shows(id, "boot finished").await;
    }
    eprintln!("50 machines booted in {:?}", began.elapsed());
    for id in &ids {
        region.driver.destroy(id).await.unwrap();
    }
    region.assert_clean();
}

#[tokio::test]
async fn root_inside_is_nobody_outside_and_the_disk_keeps_plain_owners() {
    use std::os::unix::fs::MetadataExt;
    let Some(region) = Region::new() else { return };
    let id = region.started(1).await;
    let MachineState::Running { pid } = region.driver.state(&id).await.unwrap() else { panic!("not running") };
    let owner = std::fs::metadata(format!("/proc/{pid}")).unwrap().uid();
    if owner == 0 {
        eprintln!("SKIPPED: this host cannot shift the owners of files");
    } else {
        assert_eq!(owner, bundle::Users::of(&id).first);
    }
    region.console_shows(&id, "boot finished").await;
    assert_eq!(region.inside(&id, "touch /root/mine && stat -c %u /root/mine /root /etc/passwd"), "0\n0\n0");
    let mine = region.place.path().join("machines").join(&id).join("disk/upper/root/mine");
    assert_eq!(std::fs::metadata(mine).unwrap().uid(), 0);
    // Neither the host's kernel nor its devices.
    assert!(!region.inside(&id, "echo 1 > /proc/sys/kernel/sysrq && echo done").contains("done"));
    assert!(!region.inside(&id, "mount -t tmpfs none /mnt && echo done").contains("done"));
    assert!(!region.inside(&id, "mknod /root/disk b 7 0 && head -c 1 /root/disk && echo done").contains("done"));
    assert!(!region.inside(&id, "unshare -U true && echo done").contains("done"));
    region.driver.destroy(&id).await.unwrap();
    region.assert_clean();
}

#[tokio::test]
async fn an_image_of_a_machine_starts_another_with_the_same_files() {
    let Some(region) = Region::new() else { return };
    let images = ImageStore::open(region.place.path()).unwrap();
    let base = Recipe::Minimal.image_id();
    let linked = region.place.path().join("images").join(&base);
    std::os::unix::fs::symlink(image_store().unwrap().join("images").join(&base), linked).unwrap();
    let driver = driver(&region.place, &images);
    let spec = region.spec(1);
    driver.create(&spec).await.unwrap();
    driver.start(&spec.id).await.unwrap();
    region.console_shows(&spec.id, "boot finished").await;
    region.inside(&spec.id, "echo golden > /etc/mine; rm /etc/motd; chown 1000:7 /etc/mine; sync");
    let machine = region.place.path().join("machines").join(&spec.id);
    let about = |name: &str| crate::image::Description { name: name.into(), description: String::new() };
    let running = images.from_machine(&machine, &base, about("running")).unwrap();
    driver.kill(&spec.id).await.unwrap();
    let stopped = images.from_machine(&machine, &base, about("stopped")).unwrap();
    for image in [&running, &stopped] {
        let root = images.rootfs_dir(&image.id).unwrap();
        let mine = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(root.join("etc/mine")).unwrap());
        assert_eq!(mine, 1000);
        assert!(!root.join("etc/motd").exists());
    }
    let copy = MachineSpec { image: stopped.id.clone(), ..region.spec(2) };
    driver.create(&copy).await.unwrap();
    driver.start(&copy.id).await.unwrap();
    region.console_shows(&copy.id, "boot finished").await;
    assert_eq!(region.inside(&copy.id, "cat /etc/mine"), "golden");
    for id in [&spec.id, &copy.id] {
        driver.destroy(id).await.unwrap();
    }
    assert!(images.erofs(&stopped.id).unwrap().is_file());
    images.remove(&stopped.id).unwrap();
    assert!(images.get(&stopped.id).is_err());
    region.assert_clean();
}
