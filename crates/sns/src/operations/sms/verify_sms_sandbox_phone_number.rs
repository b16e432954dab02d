//! VerifySMSSandboxPhoneNumber: whoever has the phone has the password.

use std::sync::Arc;
use std::time::Duration;

use freehold_api::sns::{VerifySMSSandboxPhoneNumberInput, VerifySMSSandboxPhoneNumberResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::checked;
use crate::Sns;
use crate::errors::Error;
use crate::model::SandboxNumber;

/// *Developer guide, SMS sandbox*: a password is good for a day.
const GOOD_FOR: Duration = Duration::from_secs(86_400);

pub(super) async fn verify_sms_sandbox_phone_number(
    sns: Arc<Sns>,
    call: Call,
    input: VerifySMSSandboxPhoneNumberInput,
) -> Result<VerifySMSSandboxPhoneNumberResult, freehold_wire::Error> {
    let id = SandboxNumber::id(call.account(), &checked(input.phone_number)?);
    let (password, now) = (input.one_time_password.unwrap_or_default(), sns.now());
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let mut number = tx.get::<SandboxNumber>(&id)?.ok_or(Error::ResourceNotFound)?;
            let is_current = number.sent.saturating_add(GOOD_FOR).is_ok_and(|until| now < until);
            if !is_current || number.password != password {
                return Err(Error::VerificationException);
            }
            number.is_verified = true;
            Ok(tx.put(&number)?)
        })
        .await?;
    Ok(VerifySMSSandboxPhoneNumberResult {})
}
