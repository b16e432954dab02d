//! SetSMSAttributes: those that are mentioned.

use std::sync::Arc;

use freehold_api::sns::{SetSMSAttributesInput, SetSMSAttributesResponse};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::SmsAttributes;

pub(super) async fn set_sms_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: SetSMSAttributesInput,
) -> Result<SetSMSAttributesResponse, freehold_wire::Error> {
    let changes = input.attributes.unwrap_or_default();
    changes.iter().try_for_each(|(name, value)| attributes::check(name, value))?;
    let account = call.account().to_owned();
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let found = tx.get::<SmsAttributes>(&account)?;
            let mut set = found.unwrap_or_else(|| SmsAttributes { account, attributes: Default::default() });
            for (name, value) in changes {
                if value.is_empty() {
                    set.attributes.remove(&name);
                } else {
                    set.attributes.insert(name, value);
                }
            }
            Ok(tx.put(&set)?)
        })
        .await?;
    Ok(SetSMSAttributesResponse {})
}
