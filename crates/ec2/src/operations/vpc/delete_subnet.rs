//! `DeleteSubnet`.

use std::sync::Arc;

use freehold_api::ec2::DeleteSubnetRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{NetworkAcl, NetworkInterface, RouteTable, Subnet};
use crate::operations::dry_run;

pub async fn delete_subnet(ec2: Arc<Ec2>, call: Call, input: DeleteSubnetRequest) -> Result<Unit> {
    let id = input.subnet_id.ok_or(Error::MissingParameter("subnetId"))?;
    check_unused(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;

    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            let subnet = check_unused(tx, &account, &id)?;
            for mut table in lookup::by_index::<RouteTable>(tx, 0, &subnet.vpc)? {
                let before = table.associations.len();
                table.associations.retain(|association| association.subnet.as_ref() != Some(&id));
                if table.associations.len() != before {
                    tx.put(&table)?;
                }
            }
            for mut acl in lookup::by_index::<NetworkAcl>(tx, 0, &subnet.vpc)? {
                let before = acl.associations.len();
                acl.associations.retain(|association| association.subnet != id);
                if acl.associations.len() != before {
                    tx.put(&acl)?;
                }
            }
            tx.delete::<Subnet>(&id)?;
            Ok::<_, Error>(Unit)
        })
        .await
}

fn check_unused(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<Subnet> {
    let subnet: Subnet = lookup::one(from, account, id)?;
    let enis: Vec<NetworkInterface> = lookup::by_index(from, 1, id)?;
    if enis.is_empty() {
        return Ok(subnet);
    }
    Err(Error::DependencyViolation(format!("The subnet '{id}' has dependencies and cannot be deleted.")))
}
