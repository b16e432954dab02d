//! The filters of `DescribeInstanceTypes`, by what the answer itself shows (*API reference, DescribeInstanceTypes:
//! Filter.N*). A figure that the catalogue does not carry matches no filter on it.

use freehold_api::ec2::{
    DiskInfo, EbsInfo, EbsOptimizedInfo, InstanceStorageInfo, InstanceTypeInfo, NetworkInfo, ProcessorInfo, VCpuInfo,
};

use crate::filters::Table;

pub(super) const FILTERS: Table<InstanceTypeInfo> = Table {
    values: &[
        ("auto-recovery-supported", |t| one(&t.auto_recovery_supported)),
        ("bare-metal", |t| one(&t.bare_metal)),
        ("burstable-performance-supported", |t| one(&t.burstable_performance_supported)),
        ("current-generation", |t| one(&t.current_generation)),
        ("dedicated-hosts-supported", |t| one(&t.dedicated_hosts_supported)),
        ("ebs-info.attachment-limit-type", |t| ebs(t, |e| one(&e.attachment_limit_type))),
        ("ebs-info.maximum-ebs-attachments", |t| ebs(t, |e| one(&e.maximum_ebs_attachments))),
        ("ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", |t| rate(t, |e| one(&e.baseline_bandwidth_in_mbps))),
        ("ebs-info.ebs-optimized-info.baseline-iops", |t| rate(t, |e| one(&e.baseline_iops))),
        ("ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", |t| {
            rate(t, |e| one(&e.baseline_throughput_in_mbps))
        }),
        ("ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", |t| rate(t, |e| one(&e.maximum_bandwidth_in_mbps))),
        ("ebs-info.ebs-optimized-info.maximum-iops", |t| rate(t, |e| one(&e.maximum_iops))),
        ("ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", |t| rate(t, |e| one(&e.maximum_throughput_in_mbps))),
        ("ebs-info.ebs-optimized-support", |t| ebs(t, |e| one(&e.ebs_optimized_support))),
        ("ebs-info.encryption-support", |t| ebs(t, |e| one(&e.encryption_support))),
        ("ebs-info.nvme-support", |t| ebs(t, |e| one(&e.nvme_support))),
        ("free-tier-eligible", |t| one(&t.free_tier_eligible)),
        ("hibernation-supported", |t| one(&t.hibernation_supported)),
        ("hypervisor", |t| one(&t.hypervisor)),
        ("instance-storage-info.disk.count", |t| disks(t, |d| one(&d.count))),
        ("instance-storage-info.disk.size-in-gb", |t| disks(t, |d| one(&d.size_in_gb))),
        ("instance-storage-info.disk.type", |t| disks(t, |d| one(&d.r#type))),
        ("instance-storage-info.encryption-support", |t| storage(t, |s| one(&s.encryption_support))),
        ("instance-storage-info.nvme-support", |t| storage(t, |s| one(&s.nvme_support))),
        ("instance-storage-info.total-size-in-gb", |t| storage(t, |s| one(&s.total_size_in_gb))),
        ("instance-storage-supported", |t| one(&t.instance_storage_supported)),
        ("instance-type", |t| one(&t.instance_type)),
        ("memory-info.size-in-mib", |t| t.memory_info.iter().flat_map(|m| one(&m.size_in_mib)).collect()),
        ("network-info.bandwidth-weightings", |t| network(t, |n| many(&n.bandwidth_weightings))),
        ("network-info.efa-info.maximum-efa-interfaces", |t| {
            network(t, |n| n.efa_info.iter().flat_map(|e| one(&e.maximum_efa_interfaces)).collect())
        }),
        ("network-info.efa-supported", |t| network(t, |n| one(&n.efa_supported))),
        ("network-info.ena-support", |t| network(t, |n| one(&n.ena_support))),
        ("network-info.flexible-ena-queues-support", |t| network(t, |n| one(&n.flexible_ena_queues_support))),
        ("network-info.encryption-in-transit-supported", |t| network(t, |n| one(&n.encryption_in_transit_supported))),
        ("network-info.ipv4-addresses-per-interface", |t| network(t, |n| one(&n.ipv4_addresses_per_interface))),
        ("network-info.ipv6-addresses-per-interface", |t| network(t, |n| one(&n.ipv6_addresses_per_interface))),
        ("network-info.ipv6-supported", |t| network(t, |n| one(&n.ipv6_supported))),
        ("network-info.maximum-network-cards", |t| network(t, |n| one(&n.maximum_network_cards))),
        ("network-info.maximum-network-interfaces", |t| network(t, |n| one(&n.maximum_network_interfaces))),
        ("network-info.network-performance", |t| network(t, |n| one(&n.network_performance))),
        ("nitro-enclaves-support", |t| one(&t.nitro_enclaves_support)),
        ("nitro-tpm-support", |t| one(&t.nitro_tpm_support)),
        ("nitro-tpm-info.supported-versions", |t| {
            t.nitro_tpm_info.iter().flat_map(|info| many(&info.supported_versions)).collect()
        }),
        ("processor-info.supported-architecture", |t| processor(t, |p| many(&p.supported_architectures))),
        ("processor-info.sustained-clock-speed-in-ghz", |t| processor(t, |p| one(&p.sustained_clock_speed_in_ghz))),
        ("processor-info.supported-features", |t| processor(t, |p| many(&p.supported_features))),
        ("reboot-migration-support", |t| one(&t.reboot_migration_support)),
        ("supported-boot-mode", |t| many(&t.supported_boot_modes)),
        ("supported-root-device-type", |t| many(&t.supported_root_device_types)),
        ("supported-usage-class", |t| many(&t.supported_usage_classes)),
        ("supported-virtualization-type", |t| many(&t.supported_virtualization_types)),
        ("vcpu-info.default-cores", |t| vcpus(t, |v| one(&v.default_cores))),
        ("vcpu-info.default-threads-per-core", |t| vcpus(t, |v| one(&v.default_threads_per_core))),
        ("vcpu-info.default-vcpus", |t| vcpus(t, |v| one(&v.default_v_cpus))),
        ("vcpu-info.valid-cores", |t| vcpus(t, |v| many(&v.valid_cores))),
        ("vcpu-info.valid-threads-per-core", |t| vcpus(t, |v| many(&v.valid_threads_per_core))),
    ],
    tags: None,
};

fn one<V: ToString>(value: &Option<V>) -> Vec<String> {
    value.iter().map(ToString::to_string).collect()
}

fn many<V: ToString>(values: &Option<Vec<V>>) -> Vec<String> {
    values.iter().flatten().map(ToString::to_string).collect()
}

fn ebs(info: &InstanceTypeInfo, values: fn(&EbsInfo) -> Vec<String>) -> Vec<String> {
    info.ebs_info.iter().flat_map(values).collect()
}

fn rate(info: &InstanceTypeInfo, values: fn(&EbsOptimizedInfo) -> Vec<String>) -> Vec<String> {
    info.ebs_info.iter().filter_map(|ebs| ebs.ebs_optimized_info.as_ref()).flat_map(values).collect()
}

fn storage(info: &InstanceTypeInfo, values: fn(&InstanceStorageInfo) -> Vec<String>) -> Vec<String> {
    info.instance_storage_info.iter().flat_map(values).collect()
}

fn disks(info: &InstanceTypeInfo, values: fn(&DiskInfo) -> Vec<String>) -> Vec<String> {
    info.instance_storage_info.iter().filter_map(|s| s.disks.as_ref()).flatten().flat_map(values).collect()
}

fn network(info: &InstanceTypeInfo, values: fn(&NetworkInfo) -> Vec<String>) -> Vec<String> {
    info.network_info.iter().flat_map(values).collect()
}

fn processor(info: &InstanceTypeInfo, values: fn(&ProcessorInfo) -> Vec<String>) -> Vec<String> {
    info.processor_info.iter().flat_map(values).collect()
}

fn vcpus(info: &InstanceTypeInfo, values: fn(&VCpuInfo) -> Vec<String>) -> Vec<String> {
    info.v_cpu_info.iter().flat_map(values).collect()
}
