//! Real machines under TCG, from creation to nothing left.

mod network;

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::driver::{Driver, MachineEvent, MachineState, Result};
use crate::image::{Description, ImageStore};
use crate::net::Network;
use crate::net::metadata::MetadataSource;
use crate::net::plan::VpcPlan;
use crate::spec::{Interface, MacAddr, MachineSpec};
use crate::vm::cgroup::Hierarchies;
use crate::vm::qemu::Flavour;
use crate::vm::{VmDriver, VmOptions};

/// Emulation on a busy machine takes its time; nothing is asserted about how much.
const PATIENCE: Duration = Duration::from_secs(180);

/// Taps in namespaces of nobody's, which live for as long as their descriptors.
struct LooseTaps;

#[async_trait]
impl Network for LooseTaps {
    async fn apply(&self, _: &VpcPlan) -> Result<()> {
        Ok(())
    }
    async fn remove(&self, _: &str) -> Result<()> {
        Ok(())
    }
    async fn list(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn attach_container(&self, _: &Interface, _: usize, _: u32) -> Result<()> {
        Ok(())
    }
    async fn attach_vm(&self, _: &Interface) -> Result<OwnedFd> {
        // On a thread of its own: a namespace is left by leaving the thread.
        Ok(std::thread::spawn(loose_tap).join().unwrap())
    }
    async fn detach(&self, _: &Interface) -> Result<()> {
        Ok(())
    }
    fn serve_metadata(&self, _: Arc<dyn MetadataSource>) {}
}

fn loose_tap() -> OwnedFd {
    // SAFETY: affects this thread alone, which ends with this function.
    unsafe { rustix::thread::unshare_unsafe(rustix::thread::UnshareFlags::NEWNET) }.unwrap();
    // SAFETY: plain calls with a valid structure; the descriptor is owned from here on.
    unsafe {
        let fd = libc::open(c"/dev/net/tun".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        assert!(fd >= 0, "no /dev/net/tun");
        let tap = OwnedFd::from_raw_fd(fd);
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b't' as libc::c_char;
        request.ifr_name[1] = b'0' as libc::c_char;
        request.ifr_ifru.ifru_flags = (libc::IFF_TAP | libc::IFF_NO_PI | libc::IFF_VNET_HDR) as libc::c_short;
        assert_eq!(libc::ioctl(tap.as_raw_fd(), libc::TUNSETIFF as libc::Ioctl, &request), 0);
        tap
    }
}

/// An image of busybox and nothing else.
fn image(data_dir: &Path) -> String {
    let tree = data_dir.join("tree");
    std::fs::create_dir_all(tree.join("bin")).unwrap();
    std::fs::copy("/bin/busybox", tree.join("bin/busybox")).unwrap();
    std::os::unix::fs::symlink("busybox", tree.join("bin/sh")).unwrap();
    let archive = data_dir.join("tree.tar");
    let made = Command::new("tar").arg("-C").arg(&tree).arg("-cf").arg(&archive).arg(".").status().unwrap();
    assert!(made.success());
    let about = Description { name: "test".into(), description: "busybox".into() };
    ImageStore::open(data_dir).unwrap().import(&archive, about, &|_| {}).unwrap().id
}

fn spec(id: &str, image: &str) -> MachineSpec {
    let mut spec = crate::vm::qemu::tests::spec(id);
    spec.image = image.into();
    spec.resources.vcpus = 1;
    spec.resources.memory_mib = 256;
    spec.interfaces.push(Interface {
        eni: "eni-1".into(),
        vpc: "vpc-1".into(),
        mac: MacAddr([2, 0, 0, 0, 0, 7]),
        address: [10, 0, 0, 5].into(),
        prefix: 20,
        gateway: [10, 0, 0, 1].into(),
        mtu: 1500,
    });
    spec
}

fn driver(data_dir: &Path) -> VmDriver {
    driver_on(data_dir, Arc::new(LooseTaps))
}

fn driver_on(data_dir: &Path, network: Arc<dyn Network>) -> VmDriver {
    VmDriver::new(VmOptions { data_dir: data_dir.to_owned(), flavour: Flavour::tcg(), network }).unwrap()
}

/// Whether machines can be made here; says so loudly where not.
fn can_run() -> bool {
    if !crate::testing::is_root("virtual machines") {
        return false;
    }
    let found = Command::new(crate::vm::launch::PROGRAM).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {} is not installed", crate::vm::launch::PROGRAM);
    }
    found
}

/// The kernel is fetched once for all runs of the tests.
fn share_kernels(data_dir: &Path) {
    let kernels = std::env::temp_dir().join("freehold-test-kernels");
    std::fs::create_dir_all(&kernels).unwrap();
    std::os::unix::fs::symlink(&kernels, data_dir.join("kernels")).unwrap();
}

/// Waits until the console shows `text` for the `times`th time.
async fn shows(driver: &VmDriver, id: &str, text: &str, times: usize) {
    let begun = Instant::now();
    loop {
        let console = String::from_utf8_lossy(&driver.console(id).await.unwrap()).into_owned();
        if console.matches(text).count() >= times {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{text:?} was not shown {times} times:\n{console}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn exited(events: &mut tokio::sync::broadcast::Receiver<MachineEvent>, id: &str) {
    let event = tokio::time::timeout(PATIENCE, events.recv()).await.expect("it never ended").unwrap();
    assert_eq!(event, MachineEvent::Exited { id: id.into() });
}

async fn pid(driver: &VmDriver, id: &str) -> u32 {
    match driver.state(id).await.unwrap() {
        MachineState::Running { pid } => pid,
        other => panic!("{other:?}"),
    }
}

/// The test's machine; a failed test leaves none behind.
struct Guard<'a>(&'a Path, &'static str);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let lock = std::fs::read_to_string(self.0.join("machines").join(self.1).join("vm.lock"));
        if std::thread::panicking()
            && let Some(pid) = lock.ok().and_then(|pid| pid.trim().parse().ok())
            && let Some(pid) = rustix::process::Pid::from_raw(pid)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            let _ = Hierarchies::detect().unwrap().remove(&crate::vm::shared::group(self.1));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_lives_through_everything_and_leaves_nothing() {
    if !can_run() {
        return;
    }
    let place = crate::testing::directory("vm");
    let (data_dir, id) = (place.path(), "i-vmtest1");
    let _guard = Guard(data_dir, id);
    share_kernels(data_dir);

    let image = image(data_dir);
    let first = driver(data_dir);
    assert_eq!(first.state(id).await.unwrap(), MachineState::Absent);
    let spec = spec(id, &image);
    first.create(&spec).await.unwrap();
    first.create(&spec).await.unwrap();
    assert_eq!(first.state(id).await.unwrap(), MachineState::Stopped);
    first.start(id).await.unwrap();
    let process = pid(&first, id).await;
    first.start(id).await.unwrap();
    assert_eq!(pid(&first, id).await, process, "a second start is none");
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    assert!(!status.contains("Uid:\t0\t"), "QEMU runs as root:\n{status}");
    assert!(status.contains("Seccomp:\t2"), "QEMU runs without its sandbox");
    assert!(Hierarchies::detect().unwrap().exists(&crate::vm::shared::group(id)));
    shows(&first, id, "freehold: Freehold guest", 1).await;

    // Another control plane finds it, and its power button works.
    drop(first);
    let second = driver(data_dir);
    assert_eq!(pid(&second, id).await, process);
    assert!(second.resize(id, &spec.resources.clone()).await.is_ok(), "nothing to change");
    let mut larger = spec.resources.clone();
    larger.memory_mib = 384;
    assert!(second.resize(id, &larger).await.is_err(), "only while stopped");
    shows(&second, id, "freehold: boot finished", 1).await;
    second.reboot(id).await.unwrap();
    shows(&second, id, "freehold: powering off", 1).await;
    shows(&second, id, "freehold: boot finished", 2).await;
    assert_eq!(pid(&second, id).await, process, "a reboot keeps its place");

    let mut events = second.events();
    second.shut_down(id).await.unwrap();
    exited(&mut events, id).await;
    shows(&second, id, "freehold: powering off", 2).await;
    assert_eq!(second.state(id).await.unwrap(), MachineState::Stopped);
    assert!(!Hierarchies::detect().unwrap().exists(&crate::vm::shared::group(id)));

    // Asked while the guest has no ears yet, and a reboot is asked for too: it ends all the same.
    second.start(id).await.unwrap();
    second.reboot(id).await.unwrap();
    second.shut_down(id).await.unwrap();
    second.reboot(id).await.unwrap();
    exited(&mut events, id).await;
    assert_eq!(second.state(id).await.unwrap(), MachineState::Stopped);

    second.resize(id, &larger).await.unwrap();
    second.start(id).await.unwrap();
    let command = std::fs::read(format!("/proc/{}/cmdline", pid(&second, id).await)).unwrap();
    assert!(String::from_utf8_lossy(&command).contains("size=384M"));
    second.kill(id).await.unwrap();
    assert_eq!(second.state(id).await.unwrap(), MachineState::Stopped);
    exited(&mut events, id).await;

    second.start(id).await.unwrap();
    let process = pid(&second, id).await;

    // It ends while nobody watches; the next control plane buries it.
    drop(second);
    let killed = rustix::process::Pid::from_raw(process as i32).unwrap();
    rustix::process::kill_process(killed, rustix::process::Signal::KILL).unwrap();
    let second = driver(data_dir);
    crate::testing::wait_until("the dead machine's cgroup is gone", || {
        !Hierarchies::detect().unwrap().exists(&crate::vm::shared::group(id))
    });
    assert_eq!(second.state(id).await.unwrap(), MachineState::Stopped);

    second.start(id).await.unwrap();
    let process = pid(&second, id).await;
    second.destroy(id).await.unwrap();
    second.destroy(id).await.unwrap();
    assert_eq!(second.state(id).await.unwrap(), MachineState::Absent);
    assert!(second.list().await.unwrap().is_empty());
    assert!(!Path::new(&format!("/proc/{process}")).exists(), "QEMU is still there");
    assert!(!Hierarchies::detect().unwrap().exists(&crate::vm::shared::group(id)));
}

#[tokio::test]
async fn a_machine_whose_vmm_cannot_start_leaves_nothing_running() {
    if !can_run() {
        return;
    }
    let place = crate::testing::directory("vm-refused");
    let driver = driver(place.path());
    assert!(driver.start("i-nothing").await.is_err());
    driver.create(&spec("i-vmtest2", "ami-00000000000000000")).await.unwrap();
    share_kernels(place.path());
    assert!(driver.start("i-vmtest2").await.is_err(), "there is no such image");
    assert_eq!(driver.state("i-vmtest2").await.unwrap(), MachineState::Stopped);
    assert!(!Hierarchies::detect().unwrap().exists(&crate::vm::shared::group("i-vmtest2")));
    driver.destroy("i-vmtest2").await.unwrap();
}
