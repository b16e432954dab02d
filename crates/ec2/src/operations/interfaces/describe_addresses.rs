//! `DescribeAddresses`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeAddressesRequest, DescribeAddressesResult};
use freehold_wire::Call;

use super::{elastic, view};
use crate::errors::Result;
use crate::filters::{Filters, Table};
use crate::model::{Address, AddressAssociation};
use crate::operations::dry_run;
use crate::{Ec2, lookup};

/// An address, and the name of its region.
struct Shown {
    address: Address,
    region: String,
}

/// *API reference, DescribeAddresses: Filter.N*.
const FILTERS: Table<Shown> = Table {
    values: &[
        ("allocation-id", |s| vec![s.address.id.clone()]),
        ("association-id", |s| association(s, |known| known.id.clone())),
        ("domain", |_| vec!["vpc".into()]),
        ("instance-id", |s| s.address.association.iter().filter_map(|known| known.instance.clone()).collect()),
        ("network-border-group", |s| vec![s.region.clone()]),
        ("network-interface-id", |s| association(s, |known| known.interface.clone())),
        ("network-interface-owner-id", |s| association(s, |_| s.address.account.clone())),
        ("private-ip-address", |s| association(s, |known| known.private.to_string())),
        ("public-ip", |s| vec![s.address.public.to_string()]),
    ],
    tags: Some(|s| &s.address.tags),
};

fn association(shown: &Shown, value: impl Fn(&AddressAssociation) -> String) -> Vec<String> {
    shown.address.association.iter().map(value).collect()
}

pub async fn describe_addresses(
    ec2: Arc<Ec2>,
    call: Call,
    input: DescribeAddressesRequest,
) -> Result<DescribeAddressesResult> {
    let filters = Filters::parse(&FILTERS, input.filters)?;
    let mut store = ec2.committed();
    let mut found: Vec<Address> = lookup::named_or_all(&mut store, call.account(), input.allocation_ids.as_deref())?;
    if let Some(named) = input.public_ips.filter(|named| !named.is_empty()) {
        let all: Vec<Address> = lookup::all(&mut store, call.account())?;
        let is_known = |text: &String| all.iter().any(|address| address.public.to_string() == *text);
        let unknown: Vec<&str> = named.iter().filter(|text| !is_known(text)).map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(elastic::not_found(&unknown));
        }
        found.retain(|address| named.contains(&address.public.to_string()));
    }
    dry_run(input.dry_run)?;

    let region = &ec2.region;
    let shown = found.into_iter().map(|address| Shown { address, region: region.name.clone() });
    let admitted = shown.filter(|one| filters.admit(one));
    Ok(DescribeAddressesResult { addresses: Some(admitted.map(|one| view::address(region, &one.address)).collect()) })
}
