//! DeleteSMSSandboxPhoneNumber.

use std::sync::Arc;

use freehold_api::sns::{DeleteSMSSandboxPhoneNumberInput, DeleteSMSSandboxPhoneNumberResult};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;

use super::checked;
use crate::Sns;
use crate::errors::Error;
use crate::model::SandboxNumber;

pub(super) async fn delete_sms_sandbox_phone_number(
    sns: Arc<Sns>,
    call: Call,
    input: DeleteSMSSandboxPhoneNumberInput,
) -> Result<DeleteSMSSandboxPhoneNumberResult, freehold_wire::Error> {
    let id = SandboxNumber::id(call.account(), &checked(input.phone_number)?);
    let gone = sns.store.transact::<_, Error, _>(move |tx| Ok(tx.delete::<SandboxNumber>(&id)?)).await?;
    if gone { Ok(DeleteSMSSandboxPhoneNumberResult {}) } else { Err(Error::ResourceNotFound.into()) }
}
