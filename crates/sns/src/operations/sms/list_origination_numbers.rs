//! ListOriginationNumbers: there is nobody to buy numbers from.

use std::sync::Arc;

use freehold_api::sns::{ListOriginationNumbersRequest, ListOriginationNumbersResult};
use freehold_wire::{Call, Error};

use super::no_token;
use crate::Sns;

pub(super) async fn list_origination_numbers(
    _: Arc<Sns>,
    _: Call,
    input: ListOriginationNumbersRequest,
) -> Result<ListOriginationNumbersResult, Error> {
    no_token(input.next_token)?;
    Ok(ListOriginationNumbersResult { phone_numbers: Some(Vec::new()), next_token: None })
}
