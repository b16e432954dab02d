//! `DeleteVpc`. What a VPC was born with goes with it; what users put into it must be gone before.

use std::sync::Arc;

use freehold_api::ec2::DeleteVpcRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{InternetGateway, NetworkAcl, NetworkInterface, RouteTable, SecurityGroup, Subnet, Vpc};
use crate::operations::dry_run;

pub async fn delete_vpc(ec2: Arc<Ec2>, call: Call, input: DeleteVpcRequest) -> Result<Unit> {
    let id = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    check_empty(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let Born { tables, groups, acls } = check_empty(tx, &account, &id)?;
            for table in tables {
                tx.delete::<RouteTable>(&table.id)?;
            }
            for group in groups {
                tx.delete::<SecurityGroup>(&group.id)?;
            }
            for acl in acls {
                tx.delete::<NetworkAcl>(&acl.id)?;
            }
            tx.delete::<Vpc>(&id)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

/// What goes with the VPC.
struct Born {
    tables: Vec<RouteTable>,
    groups: Vec<SecurityGroup>,
    acls: Vec<NetworkAcl>,
}

fn check_empty(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<Born> {
    let _: Vpc = lookup::one(from, account, id)?;
    let subnets: Vec<Subnet> = lookup::by_index(from, 0, id)?;
    let enis: Vec<NetworkInterface> = lookup::by_index(from, 0, id)?;
    let gateways: Vec<InternetGateway> = lookup::by_index(from, 0, id)?;
    let tables: Vec<RouteTable> = lookup::by_index(from, 0, id)?;
    let groups: Vec<SecurityGroup> = lookup::by_index(from, 0, id)?;
    let acls: Vec<NetworkAcl> = lookup::by_index(from, 0, id)?;
    let is_used = !subnets.is_empty()
        || !enis.is_empty()
        || !gateways.is_empty()
        || tables.iter().any(|table| !table.is_main())
        || groups.iter().any(|group| group.name != "default")
        || acls.iter().any(|acl| !acl.is_default);
    if is_used {
        return Err(Error::DependencyViolation(format!("The vpc '{id}' has dependencies and cannot be deleted.")));
    }
    Ok(Born { tables, groups, acls })
}
