//! ListPhoneNumbersOptedOut: none.

use std::sync::Arc;

use freehold_api::sns::{ListPhoneNumbersOptedOutInput, ListPhoneNumbersOptedOutResponse};
use freehold_wire::{Call, Error};

use super::no_token;
use crate::Sns;

pub(super) async fn list_phone_numbers_opted_out(
    _: Arc<Sns>,
    _: Call,
    input: ListPhoneNumbersOptedOutInput,
) -> Result<ListPhoneNumbersOptedOutResponse, Error> {
    no_token(input.next_token)?;
    Ok(ListPhoneNumbersOptedOutResponse { phone_numbers: Some(Vec::new()), next_token: None })
}
