//! `ModifyVpcAttribute`: one attribute a call.

use std::sync::Arc;

use freehold_api::ec2::{AttributeBooleanValue, ModifyVpcAttributeRequest};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::errors::{Error, Result};
use crate::model::Vpc;
use crate::{Ec2, lookup};

pub async fn modify_vpc_attribute(ec2: Arc<Ec2>, call: Call, input: ModifyVpcAttributeRequest) -> Result<Unit> {
    let id = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    let said = |attribute: Option<AttributeBooleanValue>| attribute.and_then(|attribute| attribute.value);
    let support = said(input.enable_dns_support);
    let hostnames = said(input.enable_dns_hostnames);
    if said(input.enable_network_address_usage_metrics) == Some(true) {
        return Err(Error::no_effect("EnableNetworkAddressUsageMetrics"));
    }
    if support.is_some() && hostnames.is_some() {
        return Err(Error::InvalidParameterCombination("Only one attribute can be modified at a time.".into()));
    }
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let mut vpc: Vpc = lookup::one(tx, &account, &id)?;
            vpc.dns_support = support.unwrap_or(vpc.dns_support);
            vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames);
            tx.put(&vpc)?;
            Ok(Unit)
        })
        .await
}
