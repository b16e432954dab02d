//! `CreateInternetGateway`.

use std::sync::Arc;

use freehold_api::ec2::{CreateInternetGatewayRequest, CreateInternetGatewayResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::model::InternetGateway;
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

pub async fn create_internet_gateway(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateInternetGatewayRequest,
) -> Result<CreateInternetGatewayResult> {
    let tags = tagging::for_new("internet-gateway", input.tag_specifications)?;
    dry_run(input.dry_run)?;
    let gateway = InternetGateway { id: new_id("igw"), account: call.account().to_owned(), vpc: None, tags };
    let shown = view::internet_gateway(&gateway);
    ec2.store.transact(move |tx| Ok::<_, Error>(tx.put(&gateway)?)).await?;
    Ok(CreateInternetGatewayResult { internet_gateway: Some(shown) })
}
