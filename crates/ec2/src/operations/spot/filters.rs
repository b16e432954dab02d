//! The filters of DescribeSpotInstanceRequests (*API reference, DescribeSpotInstanceRequests: Filter.N*). What requests
//! here cannot have matches nothing.

use jiff::Timestamp;

use super::view::spot_price;
use crate::filters::Table;
use crate::model::{InterfaceParameters, RootDeviceParameters, SpotRequest};

pub const FILTERS: Table<SpotRequest> = Table {
    values: &[
        ("availability-zone-group", |_| Vec::new()),
        ("create-time", |r| vec![time(r.created)]),
        ("fault-code", |r| r.fault.iter().map(|(code, _)| code.clone()).collect()),
        ("fault-message", |r| r.fault.iter().map(|(_, message)| message.clone()).collect()),
        ("instance-id", |r| some(&r.instance)),
        ("launch-group", |_| Vec::new()),
        ("launch.block-device-mapping.delete-on-termination", |r| root(r, |d| text(d.delete_on_termination))),
        ("launch.block-device-mapping.device-name", |r| root(r, |d| vec![d.device.clone()])),
        ("launch.block-device-mapping.snapshot-id", |_| Vec::new()),
        ("launch.block-device-mapping.volume-size", |r| root(r, |d| text(d.size_gib))),
        ("launch.block-device-mapping.volume-type", |r| root(r, |d| some(&d.volume_type))),
        ("launch.group-id", |r| r.launch.group_ids.clone()),
        ("launch.group-name", |r| r.launch.group_names.clone()),
        ("launch.image-id", |r| some(&r.launch.image)),
        ("launch.instance-type", |r| some(&r.launch.instance_type)),
        ("launch.kernel-id", |_| Vec::new()),
        ("launch.key-name", |r| some(&r.launch.key_name)),
        ("launch.monitoring-enabled", |r| vec![r.launch.monitoring.unwrap_or(false).to_string()]),
        ("launch.ramdisk-id", |_| Vec::new()),
        ("launched-availability-zone", |r| some(&r.zone)),
        ("launched-availability-zone-id", |r| some(&r.zone_id)),
        ("network-interface.addresses.primary", |r| interfaces(r, |i| text(i.private_ip.map(|_| true)))),
        ("network-interface.delete-on-termination", |r| interfaces(r, |i| text(i.delete_on_termination))),
        ("network-interface.description", |r| interfaces(r, |i| some(&i.description))),
        ("network-interface.device-index", |r| interfaces(r, |i| text(i.device_index))),
        ("network-interface.group-id", |r| interfaces(r, |i| i.groups.clone())),
        ("network-interface.network-interface-id", |r| interfaces(r, |i| some(&i.interface))),
        ("network-interface.private-ip-address", |r| interfaces(r, |i| text(i.private_ip))),
        ("network-interface.subnet-id", |r| interfaces(r, |i| some(&i.subnet))),
        ("product-description", |_| vec!["Linux/UNIX".into()]),
        ("spot-instance-request-id", |r| vec![r.id.clone()]),
        ("spot-price", |r| spot_price(r).into_iter().collect()),
        ("state", |r| vec![r.state.name().into()]),
        ("status-code", |r| vec![r.status.code.clone()]),
        ("status-message", |r| vec![r.status.message().into()]),
        ("type", |r| vec![r.kind.name().into()]),
        ("valid-from", |r| r.valid_from.map(time).into_iter().collect()),
        ("valid-until", |r| r.valid_until.map(time).into_iter().collect()),
    ],
    tags: Some(|r| &r.tags),
};

fn some(value: &Option<String>) -> Vec<String> {
    value.iter().cloned().collect()
}

fn text(value: Option<impl ToString>) -> Vec<String> {
    value.iter().map(ToString::to_string).collect()
}

fn root(request: &SpotRequest, values: fn(&RootDeviceParameters) -> Vec<String>) -> Vec<String> {
    request.launch.root.iter().flat_map(values).collect()
}

fn interfaces(request: &SpotRequest, values: fn(&InterfaceParameters) -> Vec<String>) -> Vec<String> {
    request.launch.interfaces.iter().flat_map(values).collect()
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
