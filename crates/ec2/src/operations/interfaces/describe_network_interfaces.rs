//! `DescribeNetworkInterfaces`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult};
use freehold_wire::Call;

use super::view::{self, Names, owner_of};
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::model::{Attachment, NetworkInterface, PublicAssociation};
use crate::operations::dry_run;
use crate::operations::instance_view::{private_name, public_name};
use crate::pages::Paging;
use crate::region::Region;
use crate::{Ec2, lookup};

/// An interface, and the region whose domains its names are in.
struct Shown {
    interface: NetworkInterface,
    region: Arc<Region>,
}

/// *API reference, DescribeNetworkInterfaces: Filter.N*. Interfaces here have IPv4 only and are nobody's but their
/// owner's.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("addresses.association.owner-id", |s| publics(s).map(|p| owner_of(&s.interface, p)).collect()),
        ("addresses.association.public-ip", |s| publics(s).map(|p| p.public.to_string()).collect()),
        ("addresses.primary", |s| (0..s.interface.addresses.len()).map(|place| (place == 0).to_string()).collect()),
        ("addresses.private-ip-address", |s| privates(s)),
        ("association.allocation-id", |s| publics(s).filter_map(|p| Some(p.elastic.clone()?.0)).collect()),
        ("association.association-id", |s| publics(s).filter_map(|p| Some(p.elastic.clone()?.1)).collect()),
        ("association.ip-owner-id", |s| publics(s).map(|p| owner_of(&s.interface, p)).collect()),
        ("association.public-dns-name", |s| {
            publics(s).map(|p| public_name(&s.region, &p.public.to_string())).collect()
        }),
        ("association.public-ip", |s| publics(s).map(|p| p.public.to_string()).collect()),
        ("attachment.attach-time", |s| attachment(s, |a| time(a.attached))),
        ("attachment.attachment-id", |s| {
            attachment(s, |a| a.id.clone()).into_iter().chain(s.interface.service_attachment()).collect()
        }),
        ("attachment.delete-on-termination", |s| attachment(s, |a| a.delete_on_termination.to_string())),
        ("attachment.device-index", |s| attachment(s, |a| a.device_index.to_string())),
        ("attachment.instance-id", |s| attachment(s, |a| a.instance.clone())),
        ("attachment.instance-owner-id", |s| attachment_owner(s)),
        ("attachment.status", |s| attachment_status(s)),
        ("availability-zone", |s| vec![s.interface.zone.clone()]),
        ("availability-zone-id", |s| vec![s.interface.zone_id.clone()]),
        ("description", |s| vec![s.interface.description.clone()]),
        ("group-id", |s| s.interface.groups.clone()),
        ("interface-type", |s| vec![s.interface.kind().name().into()]),
        ("ipv6-addresses.ipv6-address", |_| Vec::new()),
        ("mac-address", |s| vec![s.interface.mac_text()]),
        ("network-interface-id", |s| vec![s.interface.id.clone()]),
        ("operator.managed", |_| vec!["false".into()]),
        ("operator.principal", |_| Vec::new()),
        ("owner-id", |s| vec![s.interface.account.clone()]),
        ("private-dns-name", |s| vec![private_name(&s.region, &s.interface.primary().to_string())]),
        ("private-ip-address", |s| privates(s)),
        ("requester-id", |s| requester(s)),
        ("requester-managed", |s| vec![s.interface.requester.is_some().to_string()]),
        ("source-dest-check", |s| vec![s.interface.source_dest_check.to_string()]),
        ("status", |s| vec![s.interface.status().name().into()]),
        ("subnet-id", |s| vec![s.interface.subnet.clone()]),
        ("vpc-id", |s| vec![s.interface.vpc.clone()]),
    ],
    tags: Some(|s| &s.interface.tags),
};

fn privates(shown: &Shown) -> Vec<String> {
    shown.interface.addresses.iter().map(|address| address.private.to_string()).collect()
}

fn publics(shown: &Shown) -> impl Iterator<Item = &PublicAssociation> {
    shown.interface.addresses.iter().filter_map(|address| address.association.as_ref())
}

fn attachment(shown: &Shown, value: impl Fn(&Attachment) -> String) -> Vec<String> {
    shown.interface.attachment.iter().map(value).collect()
}

fn requester(shown: &Shown) -> Vec<String> {
    shown.interface.requester.iter().map(|requester| requester.id.clone()).collect()
}

fn attachment_owner(shown: &Shown) -> Vec<String> {
    let owned = attachment(shown, |_| shown.interface.account.clone());
    let service = shown.interface.requester.as_ref().map(|requester| requester.owner().to_owned());
    owned.into_iter().chain(service).collect()
}

fn attachment_status(shown: &Shown) -> Vec<String> {
    let status = attachment(shown, |a| a.status.name().into());
    status.into_iter().chain(shown.interface.requester.iter().map(|_| "attached".to_owned())).collect()
}

/// As the answer writes it, so that a value copied from an answer matches.
fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

pub async fn describe_network_interfaces(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeNetworkInterfacesRequest,
) -> Result<DescribeNetworkInterfacesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let ids = input.network_interface_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter networkInterfaceIds cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=1000)?;
    let mut store = ec2.committed();
    let found: Vec<NetworkInterface> = lookup::named_or_all(&mut store, call.account(), ids.as_deref())?;
    dry_run(input.dry_run)?;

    let region = Arc::new(ec2.region.clone());
    let show = |interface| Shown { interface, region: Arc::clone(&region) };
    let mut shown: Vec<_> = found.into_iter().map(show).collect();
    shown.retain(|one| filters.admit(one));
    let page = paging.page(shown, |one| &one.interface.id)?;
    let names = Names::of(&ec2, &mut store, call.account())?;
    let interfaces = page.items.iter().map(|one| view::network_interface(&names, &one.interface)).collect();
    Ok(DescribeNetworkInterfacesResult { network_interfaces: Some(interfaces), next_token: page.next_token })
}
