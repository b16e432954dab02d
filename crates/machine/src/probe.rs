//! What this host can do, found out by doing it once: a cgroup is made and limited, a container is run, a guest
//! is booted. A device node or a kernel option proves nothing: `/dev/kvm` may be there and yet start no guest.
//!
//! The findings are kept in `capabilities.json` below the data directory, under a key of everything that could
//! change them (kernel, boot, CPU, user, versions of programs). Reading them costs well under a millisecond;
//! finding them out takes a second without KVM, and up to [`kvm::PATIENCE`] for each way to start a guest.

mod host;
mod key;
pub mod kvm;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::driver::{DriverKind, Error, Result};
use crate::vm::qemu::Flavour;

/// Something a host may be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    Root,
    Cgroups,
    UserNamespaces,
    NetworkNamespaces,
    Nftables,
    Overlay,
    LoopDevices,
    Erofs,
    Runc,
    Qemu,
    Kvm,
}

/// What was found of one feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub feature: Feature,
    pub works: bool,
    /// What was seen, or why it failed: one line.
    pub found: String,
    /// What follows for the user: one sentence.
    pub meaning: String,
}

/// Everything found on this host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    pub findings: Vec<Finding>,
    /// `-cpu` of the guest that booted under KVM.
    pub kvm_cpu: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Cached {
    key: String,
    capabilities: Capabilities,
}

impl Capabilities {
    /// What an earlier probe found, if nothing has changed since. Cheap.
    pub fn cached(data_dir: &Path) -> Option<Self> {
        let text = std::fs::read(data_dir.join("capabilities.json")).ok()?;
        let cached: Cached = serde_json::from_slice(&text).ok()?;
        (cached.key == key::of_this_host()).then_some(cached.capabilities)
    }

    /// What an earlier probe found, or what one finds now. Blocks, for seconds where KVM has to be tried.
    pub fn ensure(data_dir: &Path) -> Result<Self> {
        match Self::cached(data_dir) {
            Some(found) => Ok(found),
            None => Self::probe(data_dir),
        }
    }

    /// Finds it all out anew, and keeps it.
    pub fn probe(data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir)
            .map_err(|source| Error::io(format!("making {}", data_dir.display()), source))?;
        let mut findings = host::all(data_dir);
        let root = findings.iter().any(|finding| finding.feature == Feature::Root && finding.works);
        let kvm = kvm::boots(data_dir, root);
        findings.push(kvm.finding());
        let settled = kvm.settled;
        let capabilities = Self { findings, kvm_cpu: kvm.ok() };
        if settled {
            capabilities.keep(data_dir);
        }
        Ok(capabilities)
    }

    /// Writes it down for [`Capabilities::cached`].
    fn keep(&self, data_dir: &Path) {
        let cached = Cached { key: key::of_this_host(), capabilities: self.clone() };
        let draft = data_dir.join(format!(".capabilities-{:016x}", rand::random::<u64>()));
        let kept = serde_json::to_vec_pretty(&cached)
            .map_err(std::io::Error::from)
            .and_then(|text| std::fs::write(&draft, text))
            .and_then(|()| std::fs::rename(&draft, data_dir.join("capabilities.json")));
        if let Err(error) = kept {
            // Costs the next start a second, nothing else.
            tracing::warn!(%error, "what was found of this host could not be kept");
            let _ = std::fs::remove_file(&draft);
        }
    }

    pub fn works(&self, feature: Feature) -> bool {
        self.findings.iter().any(|finding| finding.feature == feature && finding.works)
    }

    /// Why not all of `needed` work: the first that fails.
    fn missing(&self, needed: &[Feature]) -> Option<&Finding> {
        let failed =
            |feature: &Feature| self.findings.iter().find(|finding| finding.feature == *feature && !finding.works);
        needed.iter().find_map(failed)
    }
}

/// What the operator asked for (`--machines`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    Auto,
    Vm,
    Container,
    None,
}

/// How machines will be made, and why so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub kind: DriverKind,
    /// For `freehold status`: one line.
    pub reason: String,
    /// For [`crate::vm::VmOptions`], where `kind` is a virtual machine.
    pub flavour: Option<Flavour>,
}

/// Needed by machines of any kind: their network, limits and disks.
const COMMON: [Feature; 4] = [Feature::Root, Feature::Cgroups, Feature::NetworkNamespaces, Feature::Nftables];
const CONTAINER: [Feature; 3] = [Feature::Overlay, Feature::LoopDevices, Feature::Runc];
const VM: [Feature; 2] = [Feature::Qemu, Feature::Erofs];

/// Decides how machines are made. `Auto` never fails: where nothing works, machines exist in state only.
pub fn choose(requested: Requested, host: &Capabilities) -> Result<Choice> {
    let needs = |features: &[Feature]| {
        host.missing(&COMMON).or_else(|| host.missing(features)).map(|finding| finding.found.clone())
    };
    let vm = || match (needs(&VM), &host.kvm_cpu) {
        (Some(why), _) => Err(why),
        (None, Some(cpu)) => Ok(Choice {
            kind: DriverKind::Kvm,
            reason: format!("a probe guest booted under KVM (-cpu {cpu})"),
            flavour: Some(Flavour::kvm(cpu)),
        }),
        (None, None) => Ok(Choice {
            kind: DriverKind::Tcg,
            reason: format!("emulated, for KVM boots no guest here: {}", host.kvm_reason()),
            flavour: Some(Flavour::tcg()),
        }),
    };
    let container = || match needs(&CONTAINER) {
        Some(why) => Err(why),
        None => Ok(Choice {
            kind: DriverKind::Container,
            reason: format!("system containers, for KVM boots no guest here: {}", host.kvm_reason()),
            flavour: None,
        }),
    };
    let none = |reason: String| Choice { kind: DriverKind::None, reason, flavour: None };
    match requested {
        Requested::None => Ok(none("asked for with --machines none; nothing runs".into())),
        Requested::Vm => vm().map_err(|why| Error::Unsupported(format!("no virtual machines here: {why}"))),
        Requested::Container => container()
            .map(|choice| Choice { reason: "asked for with --machines container".into(), ..choice })
            .map_err(|why| Error::Unsupported(format!("no containers here: {why}"))),
        Requested::Auto => Ok(match vm() {
            Ok(choice) if choice.kind == DriverKind::Kvm => choice,
            _ => container().unwrap_or_else(|why| none(format!("nothing can run here: {why}"))),
        }),
    }
}

impl Capabilities {
    fn kvm_reason(&self) -> &str {
        self.findings
            .iter()
            .find(|finding| finding.feature == Feature::Kvm)
            .map_or("not tried", |finding| &finding.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(missing: &[Feature], kvm_cpu: Option<&str>) -> Capabilities {
        let all = [&COMMON[..], &CONTAINER[..], &VM[..], &[Feature::Kvm]].concat();
        let finding = |feature: Feature| Finding {
            feature,
            works: if feature == Feature::Kvm { kvm_cpu.is_some() } else { !missing.contains(&feature) },
            found: format!("{feature:?}"),
            meaning: String::new(),
        };
        Capabilities { findings: all.into_iter().map(finding).collect(), kvm_cpu: kvm_cpu.map(Into::into) }
    }

    fn kind(requested: Requested, host: &Capabilities) -> Option<DriverKind> {
        choose(requested, host).ok().map(|choice| choice.kind)
    }

    #[test]
    fn auto_prefers_real_virtual_machines_then_containers_then_none() {
        assert_eq!(kind(Requested::Auto, &host(&[], Some("host"))), Some(DriverKind::Kvm));
        assert_eq!(kind(Requested::Auto, &host(&[], None)), Some(DriverKind::Container));
        assert_eq!(kind(Requested::Auto, &host(&[Feature::Runc], None)), Some(DriverKind::None));
        assert_eq!(kind(Requested::Auto, &host(&[Feature::Root], Some("host"))), Some(DriverKind::None));
    }

    #[test]
    fn a_wish_is_fulfilled_or_refused_with_the_reason() {
        assert_eq!(kind(Requested::Vm, &host(&[], None)), Some(DriverKind::Tcg));
        assert_eq!(kind(Requested::Container, &host(&[], Some("host"))), Some(DriverKind::Container));
        assert_eq!(kind(Requested::None, &host(&[Feature::Root], None)), Some(DriverKind::None));
        let refused = choose(Requested::Vm, &host(&[Feature::Qemu], Some("host"))).unwrap_err();
        assert!(refused.to_string().contains("Qemu"), "{refused}");
    }

    #[test]
    fn what_was_found_is_kept_until_the_host_changes() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(Capabilities::cached(place.path()), None);
        let found = host(&[Feature::Runc], None);
        let cached = |key: &str| {
            let cached = Cached { key: key.into(), capabilities: found.clone() };
            std::fs::write(place.path().join("capabilities.json"), serde_json::to_vec(&cached).unwrap()).unwrap();
            Capabilities::cached(place.path())
        };
        assert_eq!(cached(&key::of_this_host()), Some(found.clone()));
        assert_eq!(cached("another host"), None);
        std::fs::write(place.path().join("capabilities.json"), "{").unwrap();
        assert_eq!(Capabilities::cached(place.path()), None);
    }

    #[test]
    fn this_host_is_probed_and_nothing_of_it_stays() {
        if !crate::testing::is_root("probes of the host") {
            return;
        }
        let place = crate::testing::directory("probe");
        let found = host::all(place.path());
        for finding in &found {
            eprintln!("{:?}: {} ({}). {}", finding.feature, finding.works, finding.found, finding.meaning);
            assert!(!finding.found.is_empty() && !finding.meaning.is_empty());
        }
        assert!(found.iter().any(|finding| finding.feature == Feature::Cgroups && finding.works));
        let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "{left:?}");
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        assert!(!mounts.contains(place.path().to_str().unwrap()));
    }
}
