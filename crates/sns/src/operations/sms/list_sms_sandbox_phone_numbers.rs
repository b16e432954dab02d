//! ListSMSSandboxPhoneNumbers.

use std::sync::Arc;

use freehold_api::sns::{ListSMSSandboxPhoneNumbersInput, ListSMSSandboxPhoneNumbersResult, SMSSandboxPhoneNumber};
use freehold_store::Filter;
use freehold_wire::Call;

use crate::Sns;
use crate::model::SandboxNumber;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_sms_sandbox_phone_numbers(
    sns: Arc<Sns>,
    call: Call,
    input: ListSMSSandboxPhoneNumbersInput,
) -> Result<ListSMSSandboxPhoneNumbersResult, freehold_wire::Error> {
    let size = input.max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let filter = Filter::account(call.account());
    let (found, next_token) = page::<SandboxNumber>(&sns.store, &call, "", filter, input.next_token.as_deref(), size)?;
    let view = |number: SandboxNumber| SMSSandboxPhoneNumber {
        phone_number: Some(number.number),
        status: Some(if number.is_verified { "Verified" } else { "Pending" }.to_owned()),
    };
    Ok(ListSMSSandboxPhoneNumbersResult { phone_numbers: Some(found.into_iter().map(view).collect()), next_token })
}
