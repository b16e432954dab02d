//! How the data of a launch template is shown.

use freehold_api::ec2 as api;

use crate::model::{
    InterfaceParameters, LaunchParameters, MarketParameters, MetadataParameters, PlacementParameters, ReservationWish,
    RootDeviceParameters, SpotParameters,
};
use crate::view;

pub fn template_data(said: &LaunchParameters) -> api::ResponseLaunchTemplateData {
    let has_profile = said.iam_profile_arn.is_some() || said.iam_profile_name.is_some();
    let tags = said.tags.iter().map(|(kind, tags)| api::LaunchTemplateTagSpecification {
        resource_type: Some(kind.clone()),
        tags: view::tags(tags),
    });
    api::ResponseLaunchTemplateData {
        ebs_optimized: said.ebs_optimized,
        iam_instance_profile: has_profile.then(|| api::LaunchTemplateIamInstanceProfileSpecification {
            arn: said.iam_profile_arn.clone(),
            name: said.iam_profile_name.clone(),
        }),
        block_device_mappings: said.root.as_ref().map(|root| vec![mapping(root)]),
        network_interfaces: some(said.interfaces.iter().map(interface).collect()),
        image_id: said.image.clone(),
        instance_type: said.instance_type.clone(),
        key_name: said.key_name.clone(),
        monitoring: said
            .monitoring
            .map(|enabled| api::LaunchTemplatesMonitoring { enabled: Some(enabled), ..Default::default() }),
        placement: said.placement.as_ref().map(placement),
        disable_api_termination: said.disable_api_termination,
        disable_api_stop: said.disable_api_stop,
        instance_initiated_shutdown_behavior: said.shutdown_behavior.map(|behaviour| behaviour.name().into()),
        user_data: said.user_data.clone(),
        tag_specifications: some(tags.collect()),
        security_group_ids: some(said.group_ids.clone()),
        security_groups: some(said.group_names.clone()),
        credit_specification: said
            .cpu_credits
            .as_ref()
            .map(|credits| api::CreditSpecification { cpu_credits: Some(credits.clone()) }),
        metadata_options: said.metadata.as_ref().map(metadata),
        instance_market_options: said.market.as_ref().map(market),
        capacity_reservation_specification: said.reservation.as_ref().map(reservation),
        ..Default::default()
    }
}

/// Nothing is no list at all.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn number(value: Option<u32>) -> Option<i32> {
    value.and_then(|value| i32::try_from(value).ok())
}

fn mapping(root: &RootDeviceParameters) -> api::LaunchTemplateBlockDeviceMapping {
    api::LaunchTemplateBlockDeviceMapping {
        device_name: Some(root.device.clone()),
        ebs: Some(api::LaunchTemplateEbsBlockDevice {
            delete_on_termination: root.delete_on_termination,
            iops: number(root.iops),
            volume_size: number(root.size_gib),
            volume_type: root.volume_type.clone(),
            throughput: number(root.throughput),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn interface(said: &InterfaceParameters) -> api::LaunchTemplateInstanceNetworkInterfaceSpecification {
    let secondary = said.secondary_ips.iter().map(|ip| (*ip, false));
    let listed = said.private_ip.iter().map(|ip| (*ip, true)).chain(secondary);
    let addresses = listed.map(|(ip, primary)| api::PrivateIpAddressSpecification {
        primary: Some(primary),
        private_ip_address: Some(ip.to_string()),
    });
    api::LaunchTemplateInstanceNetworkInterfaceSpecification {
        associate_public_ip_address: said.associate_public_ip,
        delete_on_termination: said.delete_on_termination,
        description: said.description.clone(),
        device_index: number(said.device_index),
        groups: some(said.groups.clone()),
        network_interface_id: said.interface.clone(),
        private_ip_address: said.private_ip.map(|ip| ip.to_string()),
        private_ip_addresses: (!said.secondary_ips.is_empty()).then(|| addresses.collect()),
        secondary_private_ip_address_count: number(said.secondary_count),
        subnet_id: said.subnet.clone(),
        ..Default::default()
    }
}

fn market(said: &MarketParameters) -> api::LaunchTemplateInstanceMarketOptions {
    let (kind, spot) = match said {
        MarketParameters::OnDemand => ("on-demand", None),
        MarketParameters::Spot(spot) => ("spot", Some(spot).filter(|spot| **spot != SpotParameters::default())),
    };
    api::LaunchTemplateInstanceMarketOptions {
        market_type: Some(kind.into()),
        spot_options: spot.map(|spot| api::LaunchTemplateSpotMarketOptions {
            max_price: spot.max_price.clone(),
            spot_instance_type: spot.kind.map(|kind| kind.name().into()),
            valid_until: spot.valid_until,
            instance_interruption_behavior: spot.behavior.map(|behavior| behavior.name().into()),
            ..Default::default()
        }),
    }
}

fn reservation(said: &ReservationWish) -> api::LaunchTemplateCapacityReservationSpecificationResponse {
    let shown = crate::operations::shown_wish(said);
    api::LaunchTemplateCapacityReservationSpecificationResponse {
        capacity_reservation_preference: shown.capacity_reservation_preference,
        capacity_reservation_target: shown.capacity_reservation_target,
    }
}

fn placement(said: &PlacementParameters) -> api::LaunchTemplatePlacement {
    api::LaunchTemplatePlacement {
        availability_zone: said.zone.clone(),
        tenancy: said.tenancy.clone(),
        host_id: said.host.clone(),
        affinity: said.affinity.map(|affinity| affinity.name().into()),
        ..Default::default()
    }
}

fn metadata(said: &MetadataParameters) -> api::LaunchTemplateInstanceMetadataOptions {
    let choice = |said: Option<bool>, no: &str, yes: &str| said.map(|said| if said { yes } else { no }.to_owned());
    api::LaunchTemplateInstanceMetadataOptions {
        http_tokens: choice(said.tokens_required, "optional", "required"),
        http_put_response_hop_limit: said.hop_limit.map(i32::from),
        http_endpoint: choice(said.endpoint_enabled, "disabled", "enabled"),
        instance_metadata_tags: choice(said.tags_enabled, "disabled", "enabled"),
        ..Default::default()
    }
}
