//! `DescribeHosts`.

use std::sync::Arc;

use freehold_api::ec2::{DescribeHostsRequest, DescribeHostsResult};
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::filters::{Filters, Table};
use crate::hosts::{self, Candidate};
use crate::model::DedicatedHost;
use crate::pages::Paging;
use crate::{Ec2, lookup};

/// *API reference, DescribeHosts: Filter.N*
const FILTERS: Table<DedicatedHost> = Table {
    values: &[
        ("auto-placement", |h| vec![if h.auto_placement { "on" } else { "off" }.into()]),
        ("availability-zone", |h| vec![h.zone.clone()]),
        ("client-token", |h| h.client_token.iter().cloned().collect()),
        ("host-reservation-id", |_| Vec::new()),
        ("instance-type", |h| h.instance_type.iter().cloned().collect()),
        ("state", |h| vec![h.state.name().into()]),
    ],
    tags: Some(|h| &h.tags),
};

pub async fn describe_hosts(ec2: Arc<Ec2>, call: Call, input: DescribeHostsRequest) -> Result<DescribeHostsResult> {
    let filters = Filters::parse(&FILTERS, input.filter)?;
    let ids = input.host_ids.filter(|ids| !ids.is_empty());
    if ids.is_some() && input.max_results.is_some() {
        return Err(Error::InvalidParameterCombination(
            "The parameter hostIdSet cannot be used with the parameter maxResults".into(),
        ));
    }
    let paging = Paging::new(&call, input.max_results, input.next_token).within(5..=500)?;
    let mut store = ec2.committed();
    let mut found: Vec<DedicatedHost> = lookup::named_or_all(&mut store, call.account(), ids.as_deref())?;
    found.retain(|host| filters.admit(host));
    let page = paging.page(found, |host| &host.id)?;
    let occupants = hosts::occupants(&mut store, call.account())?;
    let shown = page.items.into_iter().map(|host| view::host(Candidate::new(host, &occupants), &occupants));
    Ok(DescribeHostsResult { hosts: Some(shown.collect()), next_token: page.next_token })
}
