//! What a machine is to be. Written to `machines/<id>/machine.json` before anything else happens, so that a
//! later control plane can adopt what an earlier one started.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// A machine's name on this host: the EC2 instance's id, or any other `[a-z0-9-]{1,40}`.
pub type MachineId = String;

/// Everything a driver needs to make a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSpec {
    pub id: MachineId,
    /// The image in the host's image store (`ami-…`).
    pub image: String,
    pub resources: Resources,
    /// Size of the writable root disk, in GiB. The guest sees a file system of this size.
    pub root_disk_gib: u32,
    /// The host name inside (`ip-172-31-0-5`).
    pub hostname: String,
    /// Network interfaces in device order; the first carries the default route.
    pub interfaces: Vec<Interface>,
}

/// What the machine may use. But for `cpuset` it is changed only while the machine is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// CPUs that the guest sees.
    pub vcpus: u32,
    pub memory_mib: u64,
    /// Share of the host under contention, in cgroup v2 weight (1 to 10,000; 100 is the kernel's default).
    pub cpu_weight: u32,
    /// Hard limit in thousandths of a host CPU, where the machine's CPUs are more than the host's or the type
    /// promises less. `None`: `vcpus` whole CPUs.
    pub cpu_limit_millis: Option<u32>,
    /// Host CPUs this machine may run on; empty: any.
    pub cpuset: Vec<u32>,
}

/// A network interface of a machine, already placed in a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// `eni-…`; names the host's end of the device.
    pub eni: String,
    /// `vpc-…`; names the network namespace that the host's end lives in.
    pub vpc: String,
    pub mac: MacAddr,
    /// Primary private address.
    pub address: Ipv4Addr,
    /// Prefix length of the subnet.
    pub prefix: u8,
    /// The subnet's router (its first address); answered for by the VPC.
    pub gateway: Ipv4Addr,
    /// Maximum transmission unit in bytes.
    pub mtu: u32,
}

/// An Ethernet address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MacAddr(pub [u8; 6]);

impl std::fmt::Display for MacAddr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}
