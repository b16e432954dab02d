//! GetSMSAttributes: all that are set, or those that are asked for.

use std::sync::Arc;

use freehold_api::sns::{GetSMSAttributesInput, GetSMSAttributesResponse};
use freehold_store::StoreExt;
use freehold_wire::Call;

use super::attributes;
use crate::Sns;
use crate::errors::Error;
use crate::model::SmsAttributes;

pub(super) async fn get_sms_attributes(
    sns: Arc<Sns>,
    call: Call,
    input: GetSMSAttributesInput,
) -> Result<GetSMSAttributesResponse, freehold_wire::Error> {
    let asked = input.attributes.unwrap_or_default();
    asked.iter().try_for_each(|name| attributes::check_name(name))?;
    let found = sns.store.get::<SmsAttributes>(call.account()).map_err(Error::from)?;
    let mut set = found.map(|found| found.attributes).unwrap_or_default();
    set.retain(|name, _| asked.is_empty() || asked.contains(name));
    Ok(GetSMSAttributesResponse { attributes: Some(set) })
}
