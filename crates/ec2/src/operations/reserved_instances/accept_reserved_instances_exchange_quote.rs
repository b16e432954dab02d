//! `AcceptReservedInstancesExchangeQuote`: old ones are retired, new ones begin, and the difference is paid.

use std::sync::Arc;

use freehold_api::ec2::{AcceptReservedInstancesExchangeQuoteRequest, AcceptReservedInstancesExchangeQuoteResult};
use freehold_billing::model::Reserved;
use freehold_core::ids;
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::exchange::{self, Exchange};
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::operations::dry_run;
use crate::reserved::{Bought, room};

pub async fn accept_reserved_instances_exchange_quote(
    ec2: Arc<Ec2>,
    call: Call,
    input: AcceptReservedInstancesExchangeQuoteRequest,
) -> Result<AcceptReservedInstancesExchangeQuoteResult> {
    let (account, now, writer) = (call.account().to_owned(), ec2.now(), Arc::clone(&ec2));
    let (new, old) = (ids::uuid(), input.reserved_instance_ids.clone().unwrap_or_default());
    let id = new.clone();
    let done = ec2.store.transact(move |tx| {
        let sources = exchange::sources(&writer, tx, &account, input.reserved_instance_ids.as_deref())?;
        let target = exchange::target(&writer, input.target_configurations.as_deref())?;
        let (offering, target) = target.ok_or(Error::MissingParameter("TargetConfiguration"))?;
        let exchange = Exchange { sources, offering, target };
        let deal = exchange.deal(now).map_err(|why| Error::InvalidParameterCombination(why.to_string()))?;
        dry_run(input.dry_run)?;
        let Exchange { sources, offering, target } = exchange;
        for source in sources {
            room::give_back(&writer, tx, &source.reserved.id)?;
            tx.put(&Reserved { retired: Some(now), ..source.reserved })?;
        }
        let made = Reserved {
            id,
            account: account.clone(),
            offering,
            count: deal.count,
            upfront: target.price.upfront,
            paid: Some(deal.due),
            hourly: target.price.hourly,
            purchased: None,
            start: now,
            end: deal.end,
            retired: None,
            deleted: None,
            tags: Default::default(),
        };
        let made = Bought::new(made, &**writer.bills.types())?;
        room::keep(&writer, tx, &made)?;
        Ok::<_, Error>(tx.put(&made.reserved)?)
    });
    let done = done.await;
    room::settle(&ec2, old.iter().chain([&new]))?;
    done?;
    Ok(AcceptReservedInstancesExchangeQuoteResult { exchange_id: Some(format!("riex-{}", ids::uuid())) })
}
