//! How a type of the catalogue is shown.

use freehold_api::ec2 as api;

use crate::catalogue::{Accelerator, Ebs, InstanceStore, InstanceType};

pub(crate) fn instance_type(kind: &InstanceType) -> api::InstanceTypeInfo {
    let nitro = kind.hypervisor == Some("nitro") || kind.bare_metal;
    let (gpu_info, inference_accelerator_info, fpga_info) = accelerators(kind.accelerator.as_ref());
    api::InstanceTypeInfo {
        instance_type: Some(kind.name.into()),
        current_generation: Some(kind.current_generation),
        free_tier_eligible: Some(kind.free_tier_eligible()),
        supported_usage_classes: Some(strings(&kind.usage_classes)),
        supported_root_device_types: Some(strings(&["ebs"])),
        supported_virtualization_types: Some(strings(&["hvm"])),
        bare_metal: Some(kind.bare_metal),
        hypervisor: kind.hypervisor.map(Into::into),
        processor_info: Some(api::ProcessorInfo {
            supported_architectures: Some(strings(&kind.architectures)),
            sustained_clock_speed_in_ghz: kind.clock_ghz,
            manufacturer: Some(kind.cpu_manufacturer.into()),
            ..Default::default()
        }),
        v_cpu_info: Some(vcpus(kind)),
        memory_info: Some(api::MemoryInfo { size_in_mib: i64::try_from(kind.memory_mib).ok() }),
        instance_storage_supported: Some(kind.instance_store.is_some()),
        instance_storage_info: kind.instance_store.as_ref().map(instance_storage),
        ebs_info: Some(ebs(kind.ebs.as_ref(), nitro)),
        network_info: Some(network(kind, nitro)),
        gpu_info,
        fpga_info,
        inference_accelerator_info,
        placement_group_info: Some(api::PlacementGroupInfo {
            supported_strategies: Some(strings(if kind.burstable {
                &["partition", "spread"]
            } else {
                &["cluster", "partition", "spread"]
            })),
        }),
        hibernation_supported: Some(kind.hibernation),
        burstable_performance_supported: Some(kind.burstable),
        dedicated_hosts_supported: Some(kind.dedicated_hosts),
        auto_recovery_supported: Some(!kind.bare_metal && kind.instance_store.is_none()),
        supported_boot_modes: Some(strings(if kind.architectures.contains(&"arm64") {
            &["uefi"]
        } else {
            &["legacy-bios", "uefi"]
        })),
        ..Default::default()
    }
}

fn vcpus(kind: &InstanceType) -> api::VCpuInfo {
    let threads: Vec<i32> = (1..=number(kind.threads_per_core)).collect();
    api::VCpuInfo {
        default_v_cpus: Some(number(kind.vcpus)),
        default_cores: Some(number(kind.cores)),
        default_threads_per_core: Some(number(kind.threads_per_core)),
        valid_threads_per_core: Some(threads),
        ..Default::default()
    }
}

fn instance_storage(store: &InstanceStore) -> api::InstanceStorageInfo {
    let disk = api::DiskInfo {
        size_in_gb: i64::try_from(store.disk_gb).ok(),
        count: Some(number(store.disks)),
        r#type: Some(store.kind.into()),
    };
    api::InstanceStorageInfo {
        total_size_in_gb: i64::try_from(store.disk_gb * u64::from(store.disks)).ok(),
        disks: Some(vec![disk]),
        nvme_support: Some(store.nvme.into()),
        encryption_support: Some(if store.nvme == "required" { "required" } else { "unsupported" }.into()),
    }
}

fn ebs(ebs: Option<&Ebs>, nitro: bool) -> api::EbsInfo {
    // 8 bits to the byte, a decimal megabyte, as AWS derives its own figures.
    let throughput = |mbps: u32| f64::from(mbps) / 8.0;
    api::EbsInfo {
        ebs_optimized_support: Some(if ebs.is_some() { "default" } else { "unsupported" }.into()),
        encryption_support: Some("supported".into()),
        ebs_optimized_info: ebs.map(|ebs| api::EbsOptimizedInfo {
            baseline_bandwidth_in_mbps: Some(number(ebs.baseline_mbps)),
            baseline_throughput_in_mbps: Some(throughput(ebs.baseline_mbps)),
            baseline_iops: Some(number(ebs.baseline_iops)),
            maximum_bandwidth_in_mbps: Some(number(ebs.max_mbps)),
            maximum_throughput_in_mbps: Some(throughput(ebs.max_mbps)),
            maximum_iops: Some(number(ebs.max_iops)),
        }),
        nvme_support: Some(if nitro { "required" } else { "unsupported" }.into()),
        ..Default::default()
    }
}

fn network(kind: &InstanceType, nitro: bool) -> api::NetworkInfo {
    let card = api::NetworkCardInfo {
        network_card_index: Some(0),
        network_performance: Some(kind.network_performance.into()),
        maximum_network_interfaces: Some(number(kind.max_enis)),
        baseline_bandwidth_in_gbps: kind.network_baseline_gbps,
        peak_bandwidth_in_gbps: kind.network_peak_gbps,
        ..Default::default()
    };
    api::NetworkInfo {
        network_performance: Some(kind.network_performance.into()),
        maximum_network_interfaces: Some(number(kind.max_enis)),
        maximum_network_cards: Some(1),
        default_network_card_index: Some(0),
        network_cards: Some(vec![card]),
        ipv4_addresses_per_interface: Some(number(kind.ipv4_per_eni)),
        ena_support: Some(if nitro { "required" } else { "unsupported" }.into()),
        ..Default::default()
    }
}

type Accelerators = (Option<api::GpuInfo>, Option<api::InferenceAcceleratorInfo>, Option<api::FpgaInfo>);

/// AWS describes what computes graphics, what infers, and what is programmed in hardware apart.
fn accelerators(accelerator: Option<&Accelerator>) -> Accelerators {
    let Some(accelerator) = accelerator else { return (None, None, None) };
    let (manufacturer, name) = accelerator.name.split_once(' ').unwrap_or(("AWS", accelerator.name));
    let (manufacturer, name) = (Some(manufacturer.into()), Some(name.into()));
    let count = Some(number(accelerator.count));
    let size_in_mib = accelerator.memory_mib.and_then(|mib| i32::try_from(mib).ok());
    let total = size_in_mib.map(|size| size.saturating_mul(number(accelerator.count.max(1))));
    match accelerator.name.split(' ').next() {
        Some("NVIDIA" | "AMD") => {
            let memory_info = Some(api::GpuDeviceMemoryInfo { size_in_mib });
            let gpu = api::GpuDeviceInfo { name, manufacturer, count, memory_info, ..Default::default() };
            (Some(api::GpuInfo { gpus: Some(vec![gpu]), total_gpu_memory_in_mib: total }), None, None)
        }
        Some("Xilinx") => {
            let memory_info = Some(api::FpgaDeviceMemoryInfo { size_in_mib });
            let fpga = api::FpgaDeviceInfo { name, manufacturer, count, memory_info };
            (None, None, Some(api::FpgaInfo { fpgas: Some(vec![fpga]), total_fpga_memory_in_mib: total }))
        }
        _ => {
            let memory_info = Some(api::InferenceDeviceMemoryInfo { size_in_mib });
            let device = api::InferenceDeviceInfo { name, manufacturer, count, memory_info };
            let accelerators = Some(vec![device]);
            (None, Some(api::InferenceAcceleratorInfo { accelerators, total_inference_memory_in_mib: total }), None)
        }
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Figures of the catalogue are far below the limit of the wire's integers.
fn number(figure: u32) -> i32 {
    i32::try_from(figure).unwrap_or(i32::MAX)
}
