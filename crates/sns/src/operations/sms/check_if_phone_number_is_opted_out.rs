//! CheckIfPhoneNumberIsOptedOut: no number is.

use std::sync::Arc;

use freehold_api::sns::{CheckIfPhoneNumberIsOptedOutInput, CheckIfPhoneNumberIsOptedOutResponse};
use freehold_wire::{Call, Error};

use super::checked;
use crate::Sns;

pub(super) async fn check_if_phone_number_is_opted_out(
    _: Arc<Sns>,
    _: Call,
    input: CheckIfPhoneNumberIsOptedOutInput,
) -> Result<CheckIfPhoneNumberIsOptedOutResponse, Error> {
    checked(input.phone_number)?;
    Ok(CheckIfPhoneNumberIsOptedOutResponse { is_opted_out: Some(false) })
}
