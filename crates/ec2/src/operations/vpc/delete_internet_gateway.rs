//! `DeleteInternetGateway`.

use std::sync::Arc;

use freehold_api::ec2::DeleteInternetGatewayRequest;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use freehold_wire::schema::Unit;

use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::InternetGateway;
use crate::operations::dry_run;

pub async fn delete_internet_gateway(ec2: Arc<Ec2>, call: Call, input: DeleteInternetGatewayRequest) -> Result<Unit> {
    let id = input.internet_gateway_id.ok_or(Error::MissingParameter("internetGatewayId"))?;
    check_detached(&mut ec2.committed(), call.account(), &id)?;
    dry_run(input.dry_run)?;
    let account = call.account().to_owned();
    ec2.store
        .transact(move |tx| {
            check_detached(tx, &account, &id)?;
            tx.delete::<InternetGateway>(&id)?;
            Ok(Unit)
        })
        .await
}

fn check_detached(from: &mut (impl Reader + ?Sized), account: &str, id: &str) -> Result<()> {
    let gateway: InternetGateway = lookup::one(from, account, id)?;
    if gateway.vpc.is_none() {
        return Ok(());
    }
    Err(Error::DependencyViolation(format!("The internetGateway '{id}' has dependencies and cannot be deleted.")))
}
