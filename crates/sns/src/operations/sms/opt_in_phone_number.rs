//! OptInPhoneNumber: every number is in.

use std::sync::Arc;

use freehold_api::sns::{OptInPhoneNumberInput, OptInPhoneNumberResponse};
use freehold_wire::{Call, Error};

use super::checked;
use crate::Sns;

pub(super) async fn opt_in_phone_number(
    _: Arc<Sns>,
    _: Call,
    input: OptInPhoneNumberInput,
) -> Result<OptInPhoneNumberResponse, Error> {
    checked(input.phone_number)?;
    Ok(OptInPhoneNumberResponse {})
}
