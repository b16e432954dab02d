//! How instances are shown. An answer joins an instance with its interfaces and the names of their groups.

use std::collections::HashMap;
use std::sync::Arc;

use freehold_api::ec2 as api;

use crate::errors::Result;
use crate::lookup::{self, Reader, by_index};
use crate::model::{
    Instance, InstanceState, InterfaceAddress, MetadataOptions, NetworkInterface, Placement, PublicAssociation,
    ReservationWish, SecurityGroup, Tenancy,
};
use crate::region::Region;
use crate::{catalogue, view};

/// An instance with what answers and filters need besides.
#[derive(Debug, Clone)]
pub struct InstanceView {
    pub instance: Instance,
    /// In the order of their device indexes.
    pub interfaces: Vec<NetworkInterface>,
    /// Names of the account's security groups by id.
    pub group_names: Arc<HashMap<String, String>>,
    pub region: Arc<Region>,
    /// Cores, and threads of each, of the type.
    pub cores: Option<(u32, u32)>,
}

/// More instances than this are joined with one reading of all interfaces.
const FEW: usize = 4;

pub fn gather(
    from: &mut (impl Reader + ?Sized),
    region: &Region,
    account: &str,
    instances: Vec<Instance>,
) -> Result<Vec<InstanceView>> {
    let region = Arc::new(region.clone());
    let groups: Vec<SecurityGroup> = lookup::all(from, account)?;
    let group_names = Arc::new(groups.into_iter().map(|group| (group.id, group.name)).collect::<HashMap<_, _>>());
    let mut by_instance: HashMap<String, Vec<NetworkInterface>> = HashMap::new();
    if instances.len() > FEW {
        for interface in lookup::all::<NetworkInterface>(from, account)? {
            if let Some(attachment) = &interface.attachment {
                by_instance.entry(attachment.instance.clone()).or_default().push(interface);
            }
        }
    } else {
        for instance in &instances {
            by_instance.insert(instance.id.clone(), by_index(from, 2, &instance.id)?);
        }
    }
    // Most instances are of few types.
    let mut known: HashMap<String, Option<(u32, u32)>> = HashMap::new();
    let mut cores = |name: &str| match known.get(name) {
        Some(cores) => *cores,
        None => {
            let cores = catalogue::find(name).map(|kind| (kind.cores, kind.threads_per_core));
            known.insert(name.to_owned(), cores);
            cores
        }
    };
    let join = |instance: Instance| {
        let mut interfaces = by_instance.remove(&instance.id).unwrap_or_default();
        interfaces.sort_by_key(|interface| interface.attachment.as_ref().map(|attachment| attachment.device_index));
        let cores = cores(&instance.instance_type);
        InstanceView { instance, interfaces, group_names: Arc::clone(&group_names), region: Arc::clone(&region), cores }
    };
    Ok(instances.into_iter().map(join).collect())
}

impl InstanceView {
    pub fn primary(&self) -> Option<&NetworkInterface> {
        self.interfaces.first()
    }

    pub fn public_ip(&self) -> Option<String> {
        self.primary()?.public().map(|address| address.to_string())
    }

    pub fn public_dns(&self) -> Option<String> {
        self.public_ip().map(|address| public_name(&self.region, &address))
    }

    pub fn private_ip(&self) -> Option<String> {
        self.primary().map(|interface| interface.primary().to_string())
    }

    pub fn private_dns(&self) -> Option<String> {
        self.private_ip().map(|address| private_name(&self.region, &address))
    }

    pub fn group_name(&self, id: &str) -> String {
        self.group_names.get(id).cloned().unwrap_or_default()
    }

    fn groups(&self, ids: &[String]) -> Vec<api::GroupIdentifier> {
        let identify =
            |id: &String| api::GroupIdentifier { group_id: Some(id.clone()), group_name: Some(self.group_name(id)) };
        ids.iter().map(identify).collect()
    }
}

/// `ip-172-31-0-5.ec2.internal`
pub fn private_name(region: &Region, address: &str) -> String {
    dns_name("ip-", address, &region.internal_domain())
}

/// `ec2-203-0-113-5.compute-1.amazonaws.com`
pub fn public_name(region: &Region, address: &str) -> String {
    dns_name("ec2-", address, &region.public_domain())
}

fn dns_name(prefix: &str, address: &str, domain: &str) -> String {
    let mut name = String::with_capacity(prefix.len() + address.len() + 1 + domain.len());
    name.push_str(prefix);
    name.extend(address.chars().map(|c| if c == '.' { '-' } else { c }));
    name.push('.');
    name.push_str(domain);
    name
}

pub fn state(state: InstanceState) -> api::InstanceState {
    api::InstanceState { code: Some(state.code()), name: Some(state.name().into()) }
}

/// What an instance, or a launch template, wants of reservations.
pub fn wish(wish: &ReservationWish) -> api::CapacityReservationSpecificationResponse {
    let preference = match wish {
        ReservationWish::Open => Some("open"),
        ReservationWish::None => Some("none"),
        ReservationWish::Only => Some("capacity-reservations-only"),
        ReservationWish::Target(_) => None,
    };
    let target = match wish {
        ReservationWish::Target(id) => Some(api::CapacityReservationTargetResponse {
            capacity_reservation_id: Some(id.clone()),
            ..Default::default()
        }),
        _ => None,
    };
    api::CapacityReservationSpecificationResponse {
        capacity_reservation_preference: preference.map(str::to_owned),
        capacity_reservation_target: target,
    }
}

fn placement(own: Placement) -> api::Placement {
    api::Placement {
        availability_zone: Some(own.zone),
        availability_zone_id: Some(own.zone_id),
        group_name: Some(String::new()),
        tenancy: Some(own.tenancy.name().into()),
        affinity: (own.tenancy == Tenancy::Host).then(|| own.affinity.name().into()),
        host_id: own.host,
        ..Default::default()
    }
}

pub fn metadata_options(options: &MetadataOptions) -> api::InstanceMetadataOptionsResponse {
    let switch = |on| Some(if on { "enabled" } else { "disabled" }.to_owned());
    api::InstanceMetadataOptionsResponse {
        state: Some("applied".into()),
        http_tokens: Some(if options.tokens_required { "required" } else { "optional" }.into()),
        http_put_response_hop_limit: Some(options.hop_limit.into()),
        http_endpoint: switch(options.endpoint_enabled),
        http_protocol_ipv6: switch(false),
        instance_metadata_tags: switch(options.tags_enabled),
    }
}

/// Takes the view apart, because a list of instances is long.
fn instance(shown: InstanceView) -> api::Instance {
    let ended = shown.instance.state == InstanceState::Terminated;
    let primary = shown.primary();
    let security_groups = primary.map(|interface| shown.groups(&interface.groups)).unwrap_or_default();
    let source_dest_check = primary.map(|interface| interface.source_dest_check);
    let network_interfaces = shown.interfaces.iter().map(|interface| interface_of(&shown, interface)).collect();
    let block_device_mappings = if ended { Vec::new() } else { block_devices(&shown.instance) };
    let (private_ip, public_ip) = (shown.private_ip(), shown.public_ip());
    let private_dns = private_ip.as_ref().map(|address| private_name(&shown.region, address));
    let public_dns = public_ip.as_ref().map(|address| public_name(&shown.region, address));
    let reason = shown.instance.reason();
    let own = shown.instance;
    api::Instance {
        instance_id: Some(own.id),
        image_id: Some(own.image),
        state: Some(state(own.state)),
        private_dns_name: Some(private_dns.unwrap_or_default()),
        public_dns_name: Some(public_dns.unwrap_or_default()),
        state_reason: reason.map(|why| api::StateReason { code: Some(why.code), message: Some(why.message) }),
        state_transition_reason: Some(own.transition_reason),
        key_name: own.key_name,
        ami_launch_index: i32::try_from(own.launch_index).ok(),
        product_codes: Some(Vec::new()),
        instance_type: Some(own.instance_type),
        instance_lifecycle: own.spot.as_ref().map(|_| "spot".into()),
        spot_instance_request_id: own.spot.map(|spot| spot.request),
        launch_time: Some(own.launch_time),
        placement: Some(placement(own.placement)),
        monitoring: Some(api::Monitoring {
            state: Some(if own.monitoring { "enabled" } else { "disabled" }.into()),
            ..Default::default()
        }),
        subnet_id: (!ended).then_some(own.subnet),
        vpc_id: (!ended).then_some(own.vpc),
        private_ip_address: private_ip,
        public_ip_address: public_ip,
        architecture: Some(own.architecture),
        block_device_mappings: Some(block_device_mappings),
        client_token: Some(own.client_token),
        ebs_optimized: Some(own.ebs_optimized),
        ena_support: Some(true),
        hypervisor: Some("xen".into()),
        iam_instance_profile: own
            .iam_profile
            .map(|profile| api::IamInstanceProfile { arn: Some(profile.arn), id: Some(profile.id) }),
        network_interfaces: Some(network_interfaces),
        root_device_name: Some(own.root.name),
        root_device_type: Some("ebs".into()),
        security_groups: Some(security_groups),
        source_dest_check,
        tags: view::tags(&own.tags),
        virtualization_type: Some("hvm".into()),
        cpu_options: shown.cores.map(|(cores, threads)| api::CpuOptions {
            core_count: i32::try_from(cores).ok(),
            threads_per_core: i32::try_from(threads).ok(),
            ..Default::default()
        }),
        capacity_reservation_id: own.reservation_terms.used.filter(|id| id.starts_with("cr-")),
        capacity_reservation_specification: Some(wish(&own.reservation_terms.wish)),
        hibernation_options: Some(api::HibernationOptions { configured: Some(false) }),
        metadata_options: Some(metadata_options(&own.metadata)),
        enclave_options: Some(api::EnclaveOptions { enabled: Some(false) }),
        boot_mode: Some("uefi-preferred".into()),
        current_instance_boot_mode: Some("legacy-bios".into()),
        platform_details: Some(own.platform_details),
        usage_operation: Some("RunInstances".into()),
        usage_operation_update_time: Some(own.created),
        private_dns_name_options: Some(api::PrivateDnsNameOptionsResponse {
            hostname_type: Some("ip-name".into()),
            enable_resource_name_dns_a_record: Some(false),
            enable_resource_name_dns_aaaa_record: Some(false),
        }),
        maintenance_options: Some(api::InstanceMaintenanceOptions {
            auto_recovery: Some("default".into()),
            ..Default::default()
        }),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
        ..Default::default()
    }
}

fn root_mapping(own: &Instance) -> api::InstanceBlockDeviceMapping {
    api::InstanceBlockDeviceMapping {
        device_name: Some(own.root.name.clone()),
        ebs: Some(api::EbsInstanceBlockDevice {
            attach_time: Some(own.root.attached),
            delete_on_termination: Some(own.root.delete_on_termination),
            status: Some("attached".into()),
            volume_id: Some(own.root.volume.clone()),
            ..Default::default()
        }),
    }
}

/// The root device as DescribeInstanceAttribute shows it too.
pub fn block_devices(own: &Instance) -> Vec<api::InstanceBlockDeviceMapping> {
    vec![root_mapping(own)]
}

/// Groups as DescribeInstanceAttribute shows them.
pub fn groups(shown: &InstanceView) -> Vec<api::GroupIdentifier> {
    shown.primary().map(|interface| shown.groups(&interface.groups)).unwrap_or_default()
}

fn interface_of(shown: &InstanceView, interface: &NetworkInterface) -> api::InstanceNetworkInterface {
    let address = |(index, address): (usize, &InterfaceAddress)| {
        let private = address.private.to_string();
        api::InstancePrivateIpAddress {
            association: address.association.as_ref().map(|public| association(shown, interface, public)),
            primary: Some(index == 0),
            private_dns_name: Some(private_name(&shown.region, &private)),
            private_ip_address: Some(private),
        }
    };
    let addresses: Vec<_> = interface.addresses.iter().enumerate().map(address).collect();
    // Every interface has a primary address; it is repeated outside of the list.
    let primary = addresses.first().cloned().unwrap_or_default();
    api::InstanceNetworkInterface {
        association: primary.association,
        attachment: interface.attachment.as_ref().map(|attachment| api::InstanceNetworkInterfaceAttachment {
            attach_time: Some(attachment.attached),
            attachment_id: Some(attachment.id.clone()),
            delete_on_termination: Some(attachment.delete_on_termination),
            device_index: i32::try_from(attachment.device_index).ok(),
            status: Some(attachment.status.name().into()),
            network_card_index: Some(0),
            ..Default::default()
        }),
        description: Some(interface.description.clone()),
        groups: Some(shown.groups(&interface.groups)),
        ipv6_addresses: Some(Vec::new()),
        mac_address: Some(interface.mac_text()),
        network_interface_id: Some(interface.id.clone()),
        owner_id: Some(interface.account.clone()),
        private_dns_name: primary.private_dns_name,
        private_ip_address: primary.private_ip_address,
        private_ip_addresses: Some(addresses),
        source_dest_check: Some(interface.source_dest_check),
        status: Some(interface.status().name().into()),
        subnet_id: Some(interface.subnet.clone()),
        vpc_id: Some(interface.vpc.clone()),
        interface_type: Some("interface".into()),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
        ..Default::default()
    }
}

fn association(
    shown: &InstanceView,
    interface: &NetworkInterface,
    association: &PublicAssociation,
) -> api::InstanceNetworkInterfaceAssociation {
    let public = association.public.to_string();
    api::InstanceNetworkInterfaceAssociation {
        public_dns_name: Some(public_name(&shown.region, &public)),
        public_ip: Some(public),
        ip_owner_id: Some(match &association.elastic {
            Some(_) => interface.account.clone(),
            None => "amazon".into(),
        }),
        ..Default::default()
    }
}

/// Instances grouped by the calls that made them, in the order in which they come.
pub fn reservations(shown: Vec<InstanceView>) -> Vec<api::Reservation> {
    let mut reservations: Vec<api::Reservation> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in shown {
        let place = *places.entry(one.instance.reservation.clone()).or_insert_with(|| {
            reservations.push(api::Reservation {
                reservation_id: Some(one.instance.reservation.clone()),
                owner_id: Some(one.instance.account.clone()),
                groups: Some(Vec::new()),
                instances: Some(Vec::new()),
                ..Default::default()
            });
            reservations.len() - 1
        });
        if let Some(instances) = &mut reservations[place].instances {
            instances.push(instance(one));
        }
    }
    reservations
}
