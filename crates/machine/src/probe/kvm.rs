//! Does KVM boot a guest here? Asked in the only way that counts: Debian's kernel and our own initial RAM disk
//! are started as any machine would be, with a command line that makes the guest power off once it is there.

use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Feature, Finding};
use crate::driver::{Error, Result};
use crate::vm::boot::{kernel, ramdisk};
use crate::vm::launch::{self, Confinement, KvmAccess};
use crate::vm::qemu::{self, Flavour};

/// A guest that boots does so within a second or two.
pub const PATIENCE: Duration = Duration::from_secs(6);
/// Said by the guest's first program (`freehold-guest`, stage `probe`).
const REACHED: &[u8] = b"freehold-probe: userspace reached";
/// CPUs to try. Some hosts' hypervisors refuse the registers that come with the second-named feature.
const CPUS: [&str; 2] = ["host", "host,-arch-capabilities"];

/// Which CPU booted, or why none did.
pub struct Verdict {
    outcome: std::result::Result<(String, Duration), String>,
    /// Whether it would be the same the next time: `false` where the kernel to try could not be fetched.
    pub settled: bool,
}

impl Verdict {
    fn no(why: impl Into<String>) -> Self {
        Self { outcome: Err(why.into()), settled: true }
    }

    pub fn ok(self) -> Option<String> {
        self.outcome.ok().map(|(cpu, _)| cpu)
    }

    pub fn finding(&self) -> Finding {
        let (works, found, meaning) = match &self.outcome {
            Ok((cpu, took)) => (
                true,
                format!("a guest booted in {} ms (-cpu {cpu})", took.as_millis()),
                "Instances are virtual machines at the speed of the hardware.",
            ),
            Err(why) => (
                false,
                why.clone(),
                "Instances are system containers; --machines vm gives emulated virtual machines, which are slow.",
            ),
        };
        Finding { feature: Feature::Kvm, works, found, meaning: meaning.into() }
    }
}

/// Tries it. Fetches the kernel if there is none yet.
pub fn boots(data_dir: &Path, root: bool) -> Verdict {
    if !root {
        return Verdict::no("not tried without root");
    }
    if let Err(error) = std::fs::File::open("/dev/kvm") {
        return Verdict::no(format!("/dev/kvm cannot be opened: {error}"));
    }
    if let Err(error) = kernel::ensure(&data_dir.join("kernels")) {
        return Verdict { outcome: Err(format!("there is no kernel to try: {error}")), settled: false };
    }
    let mut reasons = Vec::new();
    for cpu in CPUS {
        match boot(data_dir, &Flavour::kvm(cpu)) {
            Ok(took) => return Verdict { outcome: Ok((cpu.to_owned(), took)), settled: true },
            // Nothing that another CPU could change.
            Err(error @ Error::Unsupported(_)) => return Verdict::no(error.to_string()),
            Err(error) => reasons.push(format!("-cpu {cpu}: {error}")),
        }
    }
    Verdict::no(reasons.join("; "))
}

/// Boots a probe guest; answers how long it took to reach userspace.
pub fn boot(data_dir: &Path, flavour: &Flavour) -> Result<Duration> {
    let (user, kvm) = (launch::user_of("probe"), KvmAccess::of(flavour.kind)?);
    let kernel = kernel::ensure(&data_dir.join("kernels"))?;
    let open = |path: &Path| {
        std::fs::File::open(path).map_err(|source| Error::io(format!("opening {}", path.display()), source))
    };
    let (image, disk) = (open(&kernel.image)?, open(&ramdisk::ensure(&kernel)?)?);
    let arguments = qemu::probe(flavour, image.as_raw_fd(), disk.as_raw_fd(), kvm.run_as(user));
    let log = data_dir.join(format!(".probe-{:016x}.log", rand::random::<u64>()));
    let file = std::fs::File::create(&log).map_err(|source| Error::io("making the probe's log", source))?;
    let confinement = Confinement { user, kvm, cgroups: Vec::new(), file_size: 1 << 20, lock: None };
    let inherit = vec![image.as_raw_fd(), disk.as_raw_fd()];
    let booted = launch::spawn(&arguments, inherit, Stdio::piped(), file, &confinement)
        .and_then(|child| watch(child, flavour.kind == crate::driver::DriverKind::Kvm));
    let complaint = std::fs::read_to_string(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    match (booted, complaint.lines().find(|line| !line.trim().is_empty())) {
        (Ok(took), _) => Ok(took),
        (Err(Error::Program { program, .. }), Some(line)) => {
            Err(Error::Program { program, detail: line.trim_start_matches("qemu-system-x86_64: ").to_owned() })
        }
        (Err(error), _) => Err(error),
    }
}

/// Reads the guest's console until it has said the word or its time is over; ends it either way.
fn watch(mut child: std::process::Child, impatient: bool) -> Result<Duration> {
    let begun = Instant::now();
    let patience = if impatient { PATIENCE } else { PATIENCE * 20 };
    let failed = |detail: String| Error::Program { program: launch::PROGRAM, detail };
    let (said, heard) = std::sync::mpsc::channel();
    if let Some(mut console) = child.stdout.take() {
        // Ends with the guest's end of the pipe.
        std::thread::spawn(move || {
            let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = console.read(&mut buffer) {
                text.extend_from_slice(&buffer[..length]);
                if text.windows(REACHED.len()).any(|window| window == REACHED) {
                    let _ = said.send(());
                    return;
                }
            }
        });
    }
    let outcome = match heard.recv_timeout(patience) {
        Ok(()) => Ok(begun.elapsed()),
        Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
            Err(failed(format!("the guest did not reach userspace within {} s", patience.as_secs())))
        }
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Err(failed("it ended before the guest booted".into())),
    };
    let _ = child.kill();
    let status = child.wait();
    match (outcome, status) {
        // Killed by us above when it was only slow.
        (Err(Error::Program { program, detail }), Ok(status)) if !detail.contains("within") => {
            Err(Error::Program { program, detail: format!("{detail} ({status})") })
        }
        (outcome, _) => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_guest_reaches_userspace_under_emulation() {
        if !crate::testing::is_root("probe guests") {
            return;
        }
        let place = crate::testing::directory("probe-guest");
        let kernels = std::env::temp_dir().join("freehold-test-kernels");
        std::fs::create_dir_all(&kernels).unwrap();
        std::os::unix::fs::symlink(&kernels, place.path().join("kernels")).unwrap();
        let took = boot(place.path(), &Flavour::tcg()).unwrap();
        eprintln!("a probe guest reached userspace under TCG after {} ms", took.as_millis());
        let verdict = boots(place.path(), true);
        eprintln!("KVM: {}", verdict.finding().found);
        let left = std::fs::read_dir(place.path()).unwrap().count();
        assert_eq!(left, 1, "only the kernels stay");
    }
}
