//! `ModifyInstanceAttribute`: one attribute a call. The type and the user data can be changed while the instance is
//! stopped only; the next start uses them (vertical scaling).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use freehold_api::ec2::{AttributeBooleanValue, AttributeValue, ModifyInstanceAttributeRequest};
use freehold_store::{StoreExt, Tx, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, by_index};
use crate::model::{Instance, InstanceState, NetworkInterface, ShutdownBehavior};
use crate::operations::dry_run;
use crate::{catalogue, interface, launch};

/// A change, read from the request.
enum Attribute {
    InstanceType(String),
    UserData(Option<String>),
    DisableApiTermination(bool),
    DisableApiStop(bool),
    ShutdownBehavior(ShutdownBehavior),
    EbsOptimized(bool),
    SourceDestCheck(bool),
    Groups(Vec<String>),
}

pub async fn modify_instance_attribute(
    ec2: Arc<Ec2>,
    call: Call,
    input: ModifyInstanceAttributeRequest,
) -> Result<Unit> {
    let id = input.instance_id.clone().ok_or(Error::MissingParameter("instanceId"))?;
    let dry = input.dry_run;
    let attribute = read(input)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut instance: Instance = lookup::one(tx, &account, &id)?;
            if instance.state.is_ending() {
                return Err(Error::IncorrectInstanceState(format!("The instance '{id}' is terminated.")));
            }
            apply(tx, &mut instance, attribute)?;
            dry_run(dry)?;
            tx.put(&instance)?;
            Ok(Unit)
        })
        .await
}

fn apply(tx: &mut dyn Tx, instance: &mut Instance, attribute: Attribute) -> Result<()> {
    match attribute {
        Attribute::InstanceType(name) => {
            must_be_stopped(instance)?;
            // *EC2 user guide, Considerations for resizing instances*
            if instance.spot.is_some() {
                return Err(Error::UnsupportedOperation(
                    "The instance type of a Spot Instance cannot be changed.".into(),
                ));
            }
            let kind = catalogue::find(&name).ok_or_else(|| {
                Error::other("InvalidInstanceAttributeValue", format!("Invalid value '{name}' for instanceType."))
            })?;
            launch::check_architecture(&kind, &instance.architecture)?;
            let interfaces = by_index::<NetworkInterface>(tx, 2, &instance.id)?.len();
            interface::check_interface_count(interfaces, &kind)?;
            // Credits go with the family.
            if kind.burstable != instance.cpu_credits.is_some() {
                instance.cpu_credits = kind.burstable.then(|| "unlimited".to_owned());
            }
            instance.instance_type = name;
        }
        Attribute::UserData(data) => {
            must_be_stopped(instance)?;
            instance.user_data = data;
        }
        Attribute::DisableApiTermination(on) => instance.disable_api_termination = on,
        Attribute::DisableApiStop(on) => instance.disable_api_stop = on,
        Attribute::ShutdownBehavior(behavior) => instance.shutdown_behavior = behavior,
        Attribute::EbsOptimized(on) => {
            must_be_stopped(instance)?;
            instance.ebs_optimized = on;
        }
        Attribute::SourceDestCheck(on) => {
            let mut interface = only_interface(tx, instance)?;
            interface.source_dest_check = on;
            instance.source_dest_check = on;
            tx.put(&interface)?;
        }
        Attribute::Groups(ids) => {
            let mut interface = only_interface(tx, instance)?;
            let whose = format!("interface {}", interface.id);
            interface.groups = interface::groups_in_vpc(tx, &instance.account, &interface.vpc, &whose, &ids)?;
            tx.put(&interface)?;
        }
    }
    Ok(())
}

fn must_be_stopped(instance: &Instance) -> Result<()> {
    if instance.state == InstanceState::Stopped {
        return Ok(());
    }
    Err(Error::IncorrectInstanceState(format!("The instance '{}' is not in the 'stopped' state.", instance.id)))
}

fn only_interface(tx: &mut dyn Tx, instance: &Instance) -> Result<NetworkInterface> {
    let mut interfaces = by_index::<NetworkInterface>(tx, 2, &instance.id)?;
    match (interfaces.pop(), interfaces.is_empty()) {
        (Some(interface), true) => Ok(interface),
        _ => Err(Error::other(
            "InvalidInstanceID",
            format!(
                "There are multiple interfaces attached to instance '{}'. Please specify an interface ID for the \
                 operation instead.",
                instance.id
            ),
        )),
    }
}

/// The one attribute of the request, named by its own member or by `Attribute` and `Value`.
fn read(input: ModifyInstanceAttributeRequest) -> Result<Attribute> {
    let text = |value: Option<AttributeValue>| value.map(|value| value.value.unwrap_or_default());
    let flag = |value: Option<AttributeBooleanValue>| value.and_then(|value| value.value);
    let mut found = vec![
        text(input.instance_type).map(|name| Ok(Attribute::InstanceType(name))),
        input
            .user_data
            .map(|data| Ok(Attribute::UserData(data.value.filter(|d| !d.is_empty()).map(|d| STANDARD.encode(d))))),
        flag(input.disable_api_termination).map(|on| Ok(Attribute::DisableApiTermination(on))),
        flag(input.disable_api_stop).map(|on| Ok(Attribute::DisableApiStop(on))),
        text(input.instance_initiated_shutdown_behavior)
            .map(|value| launch::shutdown_behavior(&value).map(Attribute::ShutdownBehavior)),
        flag(input.ebs_optimized).map(|on| Ok(Attribute::EbsOptimized(on))),
        flag(input.source_dest_check).map(|on| Ok(Attribute::SourceDestCheck(on))),
        input.groups.filter(|groups| !groups.is_empty()).map(|groups| Ok(Attribute::Groups(groups))),
        input.kernel.map(|_| Err(Error::no_effect("Kernel"))),
        input.ramdisk.map(|_| Err(Error::no_effect("Ramdisk"))),
        input.sriov_net_support.map(|_| Err(Error::no_effect("SriovNetSupport"))),
        input.ena_support.map(|_| Err(Error::no_effect("EnaSupport"))),
        input.enclave_options.map(|_| Err(Error::no_effect("EnclaveOptions"))),
        input.block_device_mappings.map(|_| Err(Error::no_effect("BlockDeviceMappings"))),
    ];
    if let Some(name) = input.attribute {
        found.push(Some(by_name(&name, input.value.unwrap_or_default())));
    }
    let mut found = found.into_iter().flatten();
    let first = found.next().ok_or_else(|| Error::InvalidParameterCombination("No attributes specified.".into()))?;
    if found.next().is_some() {
        return Err(Error::InvalidParameterCombination("Fields for multiple attribute types specified".into()));
    }
    first
}

fn by_name(name: &str, value: String) -> Result<Attribute> {
    let flag = |value: &str| match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(Error::invalid_value("value", other, "Expected: true, false.")),
    };
    Ok(match name {
        "instanceType" => Attribute::InstanceType(value),
        "userData" => {
            let decoded = STANDARD.decode(&value);
            decoded.map_err(|_| Error::InvalidParameterValue("Invalid BASE64 encoding of user data.".into()))?;
            Attribute::UserData(Some(value).filter(|value| !value.is_empty()))
        }
        "disableApiTermination" => Attribute::DisableApiTermination(flag(&value)?),
        "disableApiStop" => Attribute::DisableApiStop(flag(&value)?),
        "instanceInitiatedShutdownBehavior" => Attribute::ShutdownBehavior(launch::shutdown_behavior(&value)?),
        "ebsOptimized" => Attribute::EbsOptimized(flag(&value)?),
        "sourceDestCheck" => Attribute::SourceDestCheck(flag(&value)?),
        other => return Err(Error::no_effect(other)),
    })
}
