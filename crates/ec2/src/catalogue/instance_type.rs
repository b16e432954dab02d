//! One line of the catalogue.

/// An instance type. Texts point into the table.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceType {
    /// `t3.micro`
    pub name: &'static str,
    pub category: Category,
    pub current_generation: bool,
    /// `x86_64`, `i386`, `arm64`, …
    pub architectures: Vec<&'static str>,
    pub vcpus: u32,
    pub cores: u32,
    pub threads_per_core: u32,
    pub memory_mib: u64,
    pub burstable: bool,
    pub bare_metal: bool,
    /// `nitro` or `xen`; none on bare metal.
    pub hypervisor: Option<&'static str>,
    pub cpu_manufacturer: &'static str,
    pub clock_ghz: Option<f64>,
    pub accelerator: Option<Accelerator>,
    pub instance_store: Option<InstanceStore>,
    /// `Up to 5 Gigabit`
    pub network_performance: &'static str,
    pub network_baseline_gbps: Option<f64>,
    pub network_peak_gbps: Option<f64>,
    pub max_enis: u32,
    pub ipv4_per_eni: u32,
    /// `None`: volumes share the network.
    pub ebs: Option<Ebs>,
    /// `on-demand`, `spot`, `capacity-block`
    pub usage_classes: Vec<&'static str>,
    pub dedicated_hosts: bool,
    pub hibernation: bool,
    /// Dollars as published, to be read as a decimal.
    pub on_demand_usd_per_hour: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    GeneralPurpose,
    ComputeOptimized,
    MemoryOptimized,
    StorageOptimized,
    AcceleratedComputing,
    Hpc,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accelerator {
    /// `NVIDIA T4`
    pub name: &'static str,
    /// 0 where it is a fraction of one.
    pub count: u32,
    pub memory_mib: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceStore {
    pub disks: u32,
    pub disk_gb: u64,
    /// `ssd` or `hdd`
    pub kind: &'static str,
    /// `required` or `unsupported`
    pub nvme: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ebs {
    pub baseline_mbps: u32,
    pub max_mbps: u32,
    pub baseline_iops: u32,
    pub max_iops: u32,
}

impl InstanceType {
    /// Reads a line of the table; `None` if it is none.
    pub(super) fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split(',');
        let mut next = || fields.next();
        Some(Self {
            name: next()?,
            category: Category::parse(next()?)?,
            current_generation: next()? == "1",
            architectures: next()?.split('|').collect(),
            vcpus: next()?.parse().ok()?,
            cores: next()?.parse().ok()?,
            threads_per_core: next()?.parse().ok()?,
            memory_mib: next()?.parse().ok()?,
            burstable: next()? == "1",
            bare_metal: next()? == "1",
            hypervisor: text(next()?),
            cpu_manufacturer: next()?,
            clock_ghz: next()?.parse().ok(),
            accelerator: accelerator(next()?, next()?, next()?),
            instance_store: instance_store(next()?, next()?, next()?, next()?),
            network_performance: next()?,
            network_baseline_gbps: next()?.parse().ok(),
            network_peak_gbps: next()?.parse().ok(),
            max_enis: next()?.parse().ok()?,
            ipv4_per_eni: next()?.parse().ok()?,
            ebs: ebs(next()?, next()?, next()?, next()?),
            usage_classes: next()?.split('|').collect(),
            dedicated_hosts: next()? == "1",
            hibernation: next()? == "1",
            on_demand_usd_per_hour: text(next()?),
        })
    }

    /// `t3` of `t3.micro`
    pub fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }

    /// `micro` of `t3.micro`
    pub fn size(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(_, size)| size)
    }

    /// AWS lists these types under the free tier.
    pub fn free_tier_eligible(&self) -> bool {
        matches!(
            self.name,
            "t2.micro" | "t3.micro" | "t3.small" | "t4g.micro" | "t4g.small" | "c7i-flex.large" | "m7i-flex.large"
        )
    }
}

impl Category {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "general-purpose" => Self::GeneralPurpose,
            "compute-optimized" => Self::ComputeOptimized,
            "memory-optimized" => Self::MemoryOptimized,
            "storage-optimized" => Self::StorageOptimized,
            "accelerated-computing" => Self::AcceleratedComputing,
            "hpc" => Self::Hpc,
            _ => return None,
        })
    }
}

fn text(field: &'static str) -> Option<&'static str> {
    (!field.is_empty()).then_some(field)
}

fn accelerator(name: &'static str, count: &str, memory_mib: &str) -> Option<Accelerator> {
    let name = text(name)?;
    Some(Accelerator { name, count: count.parse().unwrap_or(0), memory_mib: memory_mib.parse().ok() })
}

fn instance_store(disks: &str, disk_gb: &str, kind: &'static str, nvme: &'static str) -> Option<InstanceStore> {
    Some(InstanceStore { disks: disks.parse().ok()?, disk_gb: disk_gb.parse().ok()?, kind, nvme })
}

fn ebs(baseline_mbps: &str, max_mbps: &str, baseline_iops: &str, max_iops: &str) -> Option<Ebs> {
    Some(Ebs {
        baseline_mbps: baseline_mbps.parse().ok()?,
        max_mbps: max_mbps.parse().ok()?,
        baseline_iops: baseline_iops.parse().ok()?,
        max_iops: max_iops.parse().ok()?,
    })
}
