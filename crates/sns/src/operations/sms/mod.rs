//! What an account has set about SMS. There is no phone network: numbers are never opted out, as nobody can answer STOP,
//! and what is sent to them is recorded in the outbox.

mod attributes;
mod check_if_phone_number_is_opted_out;
mod create_sms_sandbox_phone_number;
mod delete_sms_sandbox_phone_number;
mod get_sms_attributes;
mod get_sms_sandbox_account_status;
mod list_origination_numbers;
mod list_phone_numbers_opted_out;
mod list_sms_sandbox_phone_numbers;
mod opt_in_phone_number;
mod set_sms_attributes;
mod verify_sms_sandbox_phone_number;

use std::sync::Arc;

use freehold_api::sns::op;
use freehold_wire::Service;

use crate::Sns;
use crate::errors::Error;
use crate::operations::subscriptions::is_phone;

pub(super) fn register(service: Service, sns: &Arc<Sns>) -> Service {
    let service = service
        .on(
            op::CheckIfPhoneNumberIsOptedOut,
            sns,
            check_if_phone_number_is_opted_out::check_if_phone_number_is_opted_out,
        )
        .on(op::GetSMSAttributes, sns, get_sms_attributes::get_sms_attributes)
        .on(op::ListOriginationNumbers, sns, list_origination_numbers::list_origination_numbers)
        .on(op::ListPhoneNumbersOptedOut, sns, list_phone_numbers_opted_out::list_phone_numbers_opted_out)
        .on(op::OptInPhoneNumber, sns, opt_in_phone_number::opt_in_phone_number)
        .on(op::SetSMSAttributes, sns, set_sms_attributes::set_sms_attributes);
    service
        .on(op::CreateSMSSandboxPhoneNumber, sns, create_sms_sandbox_phone_number::create_sms_sandbox_phone_number)
        .on(op::DeleteSMSSandboxPhoneNumber, sns, delete_sms_sandbox_phone_number::delete_sms_sandbox_phone_number)
        .on(op::GetSMSSandboxAccountStatus, sns, get_sms_sandbox_account_status::get_sms_sandbox_account_status)
        .on(op::ListSMSSandboxPhoneNumbers, sns, list_sms_sandbox_phone_numbers::list_sms_sandbox_phone_numbers)
        .on(op::VerifySMSSandboxPhoneNumber, sns, verify_sms_sandbox_phone_number::verify_sms_sandbox_phone_number)
}

/// A number that a phone may have.
fn checked(number: Option<String>) -> Result<String, Error> {
    let number = number.unwrap_or_default();
    if is_phone(&number) { Ok(number) } else { Err(Error::reason("PhoneNumber", "input incorrectly formatted")) }
}

/// Lists of what there is none of: every token is of another list.
fn no_token(token: Option<String>) -> Result<(), Error> {
    match token.is_none_or(|token| token.is_empty()) {
        true => Ok(()),
        false => Err(Error::reason("NextToken", "The token is not valid for this request")),
    }
}
