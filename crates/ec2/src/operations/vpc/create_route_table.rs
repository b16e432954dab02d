//! `CreateRouteTable`.

use std::sync::Arc;

use freehold_api::ec2::{CreateRouteTableRequest, CreateRouteTableResult};
use freehold_store::{StoreExt, TxExt, idempotency};
use freehold_wire::Call;

use super::view;
use crate::errors::{Error, Result};
use crate::lookup;
use crate::model::{Route, RouteOrigin, RouteTable, RouteTarget, Vpc};
use crate::operations::dry_run;
use crate::{Ec2, new_id, tagging};

pub async fn create_route_table(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateRouteTableRequest,
) -> Result<CreateRouteTableResult> {
    let vpc = input.vpc_id.ok_or(Error::MissingParameter("vpcId"))?;
    let fingerprint = format!("{vpc} {:?}", input.tag_specifications);
    let tags = tagging::for_new("route-table", input.tag_specifications)?;
    let _: Vpc = lookup::one(&mut ec2.committed(), call.account(), &vpc)?;
    dry_run(input.dry_run)?;

    let (account, now) = (call.account().to_owned(), ec2.now());
    let (table, token) = ec2
        .store
        .transact(move |tx| {
            let request = input.client_token.as_deref().map(|token| idempotency::Request {
                account: &account,
                operation: "ec2.CreateRouteTable",
                token,
                fingerprint: &fingerprint,
            });
            if let Some(request) = &request
                && let Some(id) = idempotency::recall::<String>(tx, request)?
            {
                return Ok((lookup::one(tx, &account, &id)?, input.client_token));
            }
            let vpc: Vpc = lookup::one(tx, &account, &vpc)?;
            let local =
                |cidr| Route { destination: cidr, target: RouteTarget::Local, origin: RouteOrigin::CreateRouteTable };
            let table = RouteTable {
                id: new_id("rtb"),
                account: account.clone(),
                vpc: vpc.id,
                routes: vpc.cidrs.iter().map(|association| local(association.cidr)).collect(),
                associations: Vec::new(),
                tags,
            };
            tx.put(&table)?;
            if let Some(request) = &request {
                idempotency::remember(tx, request, &table.id, now)?;
            }
            Ok::<_, Error>((table, input.client_token))
        })
        .await?;
    Ok(CreateRouteTableResult { route_table: Some(view::route_table(&ec2, &table)?), client_token: token })
}
