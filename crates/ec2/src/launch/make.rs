//! Writes the rows of a launch: instances, their root volumes and interfaces, with all that these hold.

use freehold_store::{Tx, TxExt};
use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::interfaces::{PlannedInterface, PlannedNew};
use super::resolve::Blueprint;
use crate::addresses::{take_public, tell_elastic};
use crate::errors::{Error, Result};
use crate::model::{
    Attachment, AttachmentStatus, Instance, InstanceState, NetworkInterface, Placement, PublicAssociation,
    ReservationTerms, Room, RootDevice, SpotTerms, Subnet, Volume, VolumeAttachment, VolumeState, Wiring,
};
use crate::{interface, new_id};

/// What all instances of a launch have in common besides the blueprint.
pub struct Made<'a> {
    pub account: &'a str,
    pub reservation: &'a str,
    pub client_token: &'a str,
    pub now: Timestamp,
    pub public_pool: Ipv4Net,
}

/// Writes the instance `id`, the `index`th of its launch.
pub fn make(
    tx: &mut dyn Tx,
    made: &Made<'_>,
    blueprint: &Blueprint,
    id: &str,
    index: u32,
    spot: Option<SpotTerms>,
) -> Result<Instance> {
    let mut primary = None;
    for planned in &blueprint.interfaces {
        let interface = attach(tx, made, planned, id)?;
        primary.get_or_insert((planned.subnet().clone(), interface));
    }
    let (subnet, interface) = primary.ok_or_else(|| Error::Internal("a launch without an interface".into()))?;
    let volume = new_volume(made, blueprint, &subnet, id);
    tx.put(&volume)?;
    let mut instance = new_instance(made, blueprint, &subnet, &interface, &volume, index, id);
    instance.spot = spot;
    tx.put(&instance)?;
    Ok(instance)
}

fn new_instance(
    made: &Made<'_>,
    blueprint: &Blueprint,
    subnet: &Subnet,
    interface: &NetworkInterface,
    volume: &Volume,
    index: u32,
    id: &str,
) -> Instance {
    let image = &blueprint.surroundings.image;
    Instance {
        id: id.to_owned(),
        account: made.account.to_owned(),
        reservation: made.reservation.to_owned(),
        launch_index: index,
        state: InstanceState::Pending,
        state_reason: None,
        transition_reason: String::new(),
        image: image.id.clone(),
        instance_type: blueprint.kind.name.to_owned(),
        key_name: blueprint.key.as_ref().map(|key| key.name.clone()),
        public_key: blueprint.key.as_ref().map(|key| key.public_key.clone()),
        launch_time: made.now,
        created: made.now,
        placement: Placement {
            zone: subnet.zone.clone(),
            zone_id: subnet.zone_id.clone(),
            tenancy: blueprint.tenancy,
            host: None,
            affinity: blueprint.affinity,
            cores: Vec::new(),
        },
        reservation_terms: ReservationTerms { wish: blueprint.wish.clone(), used: None },
        vpc: subnet.vpc.clone(),
        subnet: subnet.id.clone(),
        private_ip: interface.primary().to_string(),
        client_token: made.client_token.to_owned(),
        user_data: blueprint.user_data.clone(),
        metadata: blueprint.metadata.clone(),
        shutdown_behavior: blueprint.shutdown_behavior,
        disable_api_termination: blueprint.disable_api_termination,
        disable_api_stop: blueprint.disable_api_stop,
        monitoring: blueprint.monitoring,
        ebs_optimized: blueprint.ebs_optimized,
        cpu_credits: blueprint.cpu_credits.clone(),
        // Each instance's association has an id of its own.
        iam_profile: blueprint
            .surroundings
            .iam_profile
            .clone()
            .map(|profile| crate::model::IamProfile { association: new_id("iip-assoc"), ..profile }),
        root: RootDevice {
            name: blueprint.root.device.clone(),
            volume: volume.id.clone(),
            size_gib: volume.size_gib,
            delete_on_termination: true,
            attached: made.now,
        },
        source_dest_check: interface.source_dest_check,
        spot: None,
        tags: blueprint.instance_tags.clone(),
        launched: false,
        halt_deadline: None,
        halt_asked: false,
        reboot_asked: false,
        wiring: Wiring::default(),
        room: Room::default(),
        running_since: None,
        terminated_at: None,
        machine_image: image.machine_image.clone(),
        architecture: image.architecture.clone(),
        platform_details: "Linux/UNIX".into(),
    }
}

fn new_volume(made: &Made<'_>, blueprint: &Blueprint, subnet: &Subnet, instance: &str) -> Volume {
    let root = &blueprint.root;
    Volume {
        id: new_id("vol"),
        account: made.account.to_owned(),
        size_gib: root.size_gib,
        volume_type: root.volume_type.clone(),
        iops: root.iops,
        throughput: root.throughput,
        zone: subnet.zone.clone(),
        zone_id: subnet.zone_id.clone(),
        snapshot: blueprint.surroundings.image.snapshot.clone(),
        encrypted: false,
        created: made.now,
        state: VolumeState::InUse,
        attachment: Some(VolumeAttachment {
            instance: instance.to_owned(),
            device: root.device.clone(),
            delete_on_termination: true,
            attached: made.now,
        }),
        tags: blueprint.volume_tags.clone(),
    }
}

fn attach(tx: &mut dyn Tx, made: &Made<'_>, planned: &PlannedInterface, instance: &str) -> Result<NetworkInterface> {
    let attachment = |device_index, delete_on_termination| Attachment {
        id: new_id("eni-attach"),
        instance: instance.to_owned(),
        device_index,
        delete_on_termination,
        attached: made.now,
        status: AttachmentStatus::Attached,
    };
    let interface = match planned {
        PlannedInterface::New(new) => {
            let mut interface = new_interface(tx, made, new)?;
            interface.attachment = Some(attachment(new.device_index, new.delete_on_termination));
            interface
        }
        PlannedInterface::Existing { interface, device_index, delete_on_termination, .. } => {
            let mut interface = interface.as_ref().clone();
            interface.attachment = Some(attachment(*device_index, *delete_on_termination));
            tell_elastic(tx, &interface, Some(instance))?;
            interface
        }
    };
    tx.put(&interface)?;
    Ok(interface)
}

fn new_interface(tx: &mut dyn Tx, made: &Made<'_>, new: &PlannedNew) -> Result<NetworkInterface> {
    let mut interface = interface::make(tx, &new.interface, made.now)?;
    interface.public_at_start = new.public;
    if new.public {
        let public = take_public(tx, made.public_pool, made.account, &interface.id, made.now)?;
        if let Some(primary) = interface.addresses.first_mut() {
            primary.association = Some(PublicAssociation { public, elastic: None });
        }
    }
    Ok(interface)
}
