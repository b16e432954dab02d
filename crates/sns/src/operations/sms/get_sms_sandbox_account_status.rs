//! GetSMSSandboxAccountStatus: accounts are out of the sandbox. It keeps SMS from strangers' phones, and no phone is reached
//! from here.

use std::sync::Arc;

use freehold_api::sns::{GetSMSSandboxAccountStatusInput, GetSMSSandboxAccountStatusResult};
use freehold_wire::{Call, Error};

use crate::Sns;

pub(super) async fn get_sms_sandbox_account_status(
    _: Arc<Sns>,
    _: Call,
    _: GetSMSSandboxAccountStatusInput,
) -> Result<GetSMSSandboxAccountStatusResult, Error> {
    Ok(GetSMSSandboxAccountStatusResult { is_in_sandbox: Some(false) })
}
