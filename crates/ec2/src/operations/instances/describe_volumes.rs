//! `DescribeVolumes`: the root volumes of instances, which are all that there are.

use std::sync::Arc;

use freehold_api::ec2 as api;
use freehold_api::ec2::{DescribeVolumesRequest, DescribeVolumesResult};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::Volume;
use crate::operations::dry_run;
use crate::pages::Paging;
use crate::{Ec2, lookup, view};

/// *API reference, DescribeVolumes: Filter.N*.
const FILTERS: Table<Volume> = Table {
    values: &[
        ("attachment.attach-time", |v| v.attachment.iter().map(|a| time(a.attached)).collect()),
        ("attachment.delete-on-termination", |v| {
            v.attachment.iter().map(|a| a.delete_on_termination.to_string()).collect()
        }),
        ("attachment.device", |v| v.attachment.iter().map(|a| a.device.clone()).collect()),
        ("attachment.instance-id", |v| v.attachment.iter().map(|a| a.instance.clone()).collect()),
        ("attachment.status", |v| v.attachment.iter().map(|_| "attached".to_owned()).collect()),
        ("availability-zone", |v| vec![v.zone.clone()]),
        ("availability-zone-id", |v| vec![v.zone_id.clone()]),
        ("create-time", |v| vec![time(v.created)]),
        ("encrypted", |v| vec![v.encrypted.to_string()]),
        ("fast-restored", |_| vec!["false".into()]),
        ("multi-attach-enabled", |_| vec!["false".into()]),
        ("operator.managed", |_| vec!["false".into()]),
        ("operator.principal", |_| Vec::new()),
        ("size", |v| vec![v.size_gib.to_string()]),
        ("snapshot-id", |v| vec![v.snapshot.clone()]),
        ("status", |v| vec![v.state.name().into()]),
        ("volume-id", |v| vec![v.id.clone()]),
        ("volume-type", |v| vec![v.volume_type.clone()]),
    ],
    tags: Some(|v| &v.tags),
};

pub async fn describe_volumes(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeVolumesRequest,
) -> Result<DescribeVolumesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.volume_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter volumeSet cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut volumes: Vec<Volume> = lookup::named_or_all(&mut ec2.committed(), call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    volumes.retain(|volume| filters.admit(volume));
    let page = paging.page(volumes, |volume| &volume.id)?;
    Ok(DescribeVolumesResult { volumes: Some(page.items.iter().map(volume).collect()), next_token: page.next_token })
}

fn volume(volume: &Volume) -> api::Volume {
    let attachments = volume.attachment.iter().map(|attachment| api::VolumeAttachment {
        delete_on_termination: Some(attachment.delete_on_termination),
        volume_id: Some(volume.id.clone()),
        instance_id: Some(attachment.instance.clone()),
        device: Some(attachment.device.clone()),
        state: Some("attached".into()),
        attach_time: Some(attachment.attached),
        ..Default::default()
    });
    let number = |value: Option<u32>| value.and_then(|n| i32::try_from(n).ok());
    api::Volume {
        volume_id: Some(volume.id.clone()),
        size: number(Some(volume.size_gib)),
        snapshot_id: Some(volume.snapshot.clone()),
        availability_zone: Some(volume.zone.clone()),
        availability_zone_id: Some(volume.zone_id.clone()),
        state: Some(volume.state.name().into()),
        create_time: Some(volume.created),
        attachments: Some(attachments.collect()),
        encrypted: Some(volume.encrypted),
        iops: number(volume.iops),
        throughput: number(volume.throughput),
        volume_type: Some(volume.volume_type.clone()),
        multi_attach_enabled: Some(false),
        operator: Some(api::OperatorResponse { managed: Some(false), ..Default::default() }),
        tags: view::tags(&volume.tags),
        ..Default::default()
    }
}

fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
