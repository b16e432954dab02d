//! QEMU's command line. Pure: descriptors are numbers here, [`super::launch`] makes them.

use std::os::fd::RawFd;

use crate::driver::DriverKind;
use crate::spec::MachineSpec;

/// Memory of QEMU's own beside the guest's, in MiB: translated code under TCG, device models, stacks.
pub const OVERHEAD_MIB: u64 = 320;
/// Cache of translated code, in MiB. QEMU's own default grows to a gibibyte.
const TRANSLATED_CODE_MIB: u64 = 128;

/// How every guest boots. The kernel's tests of its own ciphers take a quarter of an emulated boot; a triple
/// fault is the reset that every machine type understands.
const BOOT: &str = "console=ttyS0 quiet cryptomgr.notests reboot=t rdinit=/initramfs";

/// How the machine is emulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flavour {
    pub kind: DriverKind,
    /// `-cpu`: `host`, `host,-arch-capabilities`, `max`.
    pub cpu: String,
}

impl Flavour {
    pub fn tcg() -> Self {
        Self { kind: DriverKind::Tcg, cpu: "max".into() }
    }

    pub fn kvm(cpu: impl Into<String>) -> Self {
        Self { kind: DriverKind::Kvm, cpu: cpu.into() }
    }

    /// A machine without anything legacy where the CPU is real; one with a precise timer where it is not,
    /// for an emulated time stamp counter is too coarse for the kernel to trust.
    fn machine(&self) -> [String; 4] {
        let (machine, accelerator) = match self.kind {
            DriverKind::Kvm => ("microvm,acpi=on,pic=off", "kvm".to_owned()),
            _ => ("q35,hpet=on,usb=off,vmport=off", format!("tcg,tb-size={TRANSLATED_CODE_MIB}")),
        };
        ["-M".into(), machine.into(), "-accel".into(), accelerator]
    }

    /// The device of a kind on this machine's bus.
    fn device(&self, name: &str) -> String {
        match self.kind {
            DriverKind::Kvm => format!("{name}-device"),
            _ => format!("{name}-pci"),
        }
    }
}

/// Descriptors that QEMU inherits, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    pub kernel: RawFd,
    pub ramdisk: RawFd,
    pub image: RawFd,
    pub root: RawFd,
    pub console: RawFd,
    pub qmp: RawFd,
    /// One tap per interface, in device order.
    pub taps: Vec<RawFd>,
}

/// One start of one machine.
pub struct Launch<'a> {
    pub spec: &'a MachineSpec,
    pub flavour: &'a Flavour,
    pub inherited: &'a Inherited,
    /// User that QEMU becomes by itself, once it has opened what only root may; `None`: it is that user
    /// already.
    pub run_as: Option<u32>,
    /// CPUs that the guest sees ([`crate::capacity::Host::processors_for`]).
    pub processors: u32,
}

impl Launch<'_> {
    /// The arguments, without the program's name.
    pub fn arguments(&self) -> Vec<String> {
        let Self { spec, flavour, inherited, run_as, processors } = self;
        let mut arguments = base(flavour, inherited.kernel, inherited.ramdisk, &command_line(spec), *run_as);
        let mut add = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
        add("-name", spec.id.clone());
        add("-m", format!("size={}M", spec.resources.memory_mib));
        add("-smp", processors.to_string());
        if flavour.kind != DriverKind::Kvm {
            // How cloud-init knows EC2: *Instance identification*, the UUID begins with `ec2`.
            let vendor = "manufacturer=Amazon EC2,product=freehold";
            add("-smbios", format!("type=1,{vendor},uuid={0},serial={0}", identity(&spec.id)));
        }

        for (name, fd, read_only) in [("image", inherited.image, "on"), ("root", inherited.root, "off")] {
            add("-add-fd", format!("fd={fd},set={fd}"));
            add(
                "-blockdev",
                format!(
                    "driver=raw,node-name={name},read-only={read_only},discard=unmap,\
                     file.driver=file,file.filename=/dev/fdset/{fd}"
                ),
            );
            let device = flavour.device("virtio-blk");
            add("-device", format!("{device},drive={name},serial={name}"));
        }
        for (index, (interface, tap)) in spec.interfaces.iter().zip(&inherited.taps).enumerate() {
            let rom = if flavour.kind == DriverKind::Kvm { "" } else { ",romfile=" };
            let device = flavour.device("virtio-net");
            add("-netdev", format!("tap,id=net{index},fd={tap}"));
            add("-device", format!("{device},netdev=net{index},mac={}{rom}", interface.mac));
        }
        add("-object", "rng-random,id=random,filename=/dev/urandom".into());
        add("-device", format!("{},rng=random", flavour.device("virtio-rng")));

        let console = inherited.console;
        add("-add-fd", format!("fd={console},set={console}"));
        add("-chardev", format!("file,id=console,path=/dev/fdset/{console},append=on"));
        add("-serial", "chardev:console".into());
        add("-chardev", format!("socket,id=qmp,fd={},server=on,wait=off", inherited.qmp));
        add("-mon", "chardev=qmp,mode=control".into());
        arguments
    }
}

/// The arguments of a guest that only proves that guests start here. Its console is standard output.
pub fn probe(flavour: &Flavour, kernel: RawFd, ramdisk: RawFd, run_as: Option<u32>) -> Vec<String> {
    let line = format!("{BOOT} panic=-1 freehold.stage=probe");
    let mut arguments = base(flavour, kernel, ramdisk, &line, run_as);
    arguments.extend(["-m", "size=192M", "-serial", "stdio", "-no-reboot"].map(str::to_owned));
    arguments
}

fn base(flavour: &Flavour, kernel: RawFd, ramdisk: RawFd, command_line: &str, run_as: Option<u32>) -> Vec<String> {
    let mut arguments = flavour.machine().to_vec();
    arguments.extend(["-nodefaults", "-no-user-config", "-display", "none"].map(str::to_owned));
    let mut add = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
    add("-cpu", flavour.cpu.clone());
    // Opened anew by path: the file must be readable, but the way to it need not be.
    add("-kernel", format!("/proc/self/fd/{kernel}"));
    add("-initrd", format!("/proc/self/fd/{ramdisk}"));
    add("-append", command_line.to_owned());
    // Changing user is a change of privileges, even downwards.
    let elevate = if run_as.is_some() { "allow" } else { "deny" };
    add("-sandbox", format!("on,obsolete=deny,elevateprivileges={elevate},spawn=deny,resourcecontrol=deny"));
    if let Some(user) = run_as {
        add("-runas", format!("{user}:{user}"));
    }
    arguments
}

/// The kernel's command line: how to boot, and who the machine is (`freehold-guest` says what it reads).
fn command_line(spec: &MachineSpec) -> String {
    let interfaces = spec
        .interfaces
        .iter()
        .map(|i| format!("{},{}/{},{},{}", i.mac, i.address, i.prefix, i.gateway, i.mtu))
        .collect::<Vec<_>>()
        .join(";");
    let mut line = format!("{BOOT} panic=5 freehold.hostname={}", spec.hostname);
    if !interfaces.is_empty() {
        line.push_str(" freehold.net=");
        line.push_str(&interfaces);
    }
    line
}

/// A UUID that begins with `ec2` and goes on with the machine's id.
fn identity(id: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = hex::encode(Sha256::digest(id));
    format!("ec2{}-{}-4{}-8{}-{}", &digest[..5], &digest[5..9], &digest[9..12], &digest[12..15], &digest[15..27])
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::spec::{Interface, MacAddr, Resources};

    pub fn spec(id: &str) -> MachineSpec {
        MachineSpec {
            id: id.into(),
            image: "ami-test".into(),
            resources: Resources {
                vcpus: 2,
                memory_mib: 512,
                cpu_weight: 100,
                cpu_limit_millis: None,
                cpuset: Vec::new(),
            },
            root_disk_gib: 1,
            hostname: "ip-10-0-0-5".into(),
            interfaces: Vec::new(),
        }
    }

    fn arguments(flavour: &Flavour) -> String {
        let mut spec = spec("i-1");
        spec.interfaces.push(Interface {
            eni: "eni-1".into(),
            vpc: "vpc-1".into(),
            mac: MacAddr([2, 0, 0, 0, 0, 7]),
            address: Ipv4Addr::new(10, 0, 0, 5),
            prefix: 20,
            gateway: Ipv4Addr::new(10, 0, 0, 1),
            mtu: 1500,
        });
        let inherited = Inherited { kernel: 3, ramdisk: 4, image: 5, root: 6, console: 7, qmp: 8, taps: vec![9] };
        Launch { spec: &spec, flavour, inherited: &inherited, run_as: None, processors: 2 }.arguments().join(" ")
    }

    #[test]
    fn the_guest_learns_who_it_is_from_its_command_line() {
        let line = arguments(&Flavour::tcg());
        assert!(line.contains("freehold.hostname=ip-10-0-0-5"));
        assert!(line.contains("freehold.net=02:00:00:00:00:07,10.0.0.5/20,10.0.0.1,1500"));
        assert!(line.contains("uuid=ec2"));
    }

    #[test]
    fn each_machine_type_has_devices_of_its_bus() {
        let emulated = arguments(&Flavour::tcg());
        assert!(emulated.contains("-M q35,hpet=on") && emulated.contains("virtio-net-pci,netdev=net0"));
        let real = arguments(&Flavour::kvm("host"));
        assert!(real.contains("-M microvm") && real.contains("-accel kvm"));
        assert!(real.contains("virtio-blk-device,drive=root,serial=root") && !real.contains("-pci"));
    }

    #[test]
    fn nothing_is_emulated_that_was_not_asked_for_and_the_sandbox_is_on() {
        let line = arguments(&Flavour::tcg());
        for needed in ["-nodefaults", "-no-user-config", "-display none", "-sandbox on,", "spawn=deny"] {
            assert!(line.contains(needed), "{needed}");
        }
        assert!(line.contains("node-name=image,read-only=on") && line.contains("node-name=root,read-only=off"));
    }
}
