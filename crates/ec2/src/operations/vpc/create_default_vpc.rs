//! `CreateDefaultVpc`, for accounts that deleted theirs.

use std::sync::Arc;

use freehold_api::ec2::{CreateDefaultVpcRequest, CreateDefaultVpcResult};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::Vpc;
use crate::operations::dry_run;
use crate::{Ec2, default_network};

pub async fn create_default_vpc(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateDefaultVpcRequest,
) -> Result<CreateDefaultVpcResult> {
    refuse_second(&mut ec2.committed(), call.account())?;
    dry_run(input.dry_run)?;
    let (account, region) = (call.account().to_owned(), ec2.region.clone());
    let vpc = ec2
        .store
        .transact(move |tx| {
            refuse_second(tx, &account)?;
            default_network::make_default_vpc(tx, &region, &account)
        })
        .await?;
    Ok(CreateDefaultVpcResult { vpc: Some(view::vpc(&vpc)) })
}

fn refuse_second(from: &mut (impl Reader + ?Sized), account: &str) -> Result<()> {
    let vpcs: Vec<Vpc> = lookup::all(from, account)?;
    if vpcs.iter().any(|vpc| vpc.is_default) {
        return Err(Error::other(
            "DefaultVpcAlreadyExists",
            "A Default VPC already exists for this account in this region.",
        ));
    }
    Ok(())
}
