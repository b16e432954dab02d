//! CreateSMSSandboxPhoneNumber: sends a password to the phone, which means to the outbox.

use std::sync::Arc;

use freehold_api::sns::{CreateSMSSandboxPhoneNumberInput, CreateSMSSandboxPhoneNumberResult};
use freehold_store::{Filter, StoreExt, TxExt};
use freehold_wire::Call;

use super::checked;
use crate::Sns;
use crate::errors::Error;
use crate::model::{Channel, Outgone, SandboxNumber};

/// *Developer guide, SMS sandbox: up to ten numbers*.
const MOST: usize = 10;

pub(super) async fn create_sms_sandbox_phone_number(
    sns: Arc<Sns>,
    call: Call,
    input: CreateSMSSandboxPhoneNumberInput,
) -> Result<CreateSMSSandboxPhoneNumberResult, freehold_wire::Error> {
    let number = checked(input.phone_number)?;
    let password = format!("{:06}", rand::random_range(0..1_000_000));
    let kept = SandboxNumber::new(call.account(), &number, password.clone(), sns.now());
    sns.store
        .transact::<_, Error, _>(move |tx| {
            let found = tx.get::<SandboxNumber>(&SandboxNumber::id(&kept.account, &kept.number))?;
            if found.as_ref().is_some_and(|found| found.is_verified) {
                return Err(Error::User("The phone number is verified already".into()));
            }
            if found.is_none() && tx.list::<SandboxNumber>(&Filter::account(&kept.account))?.len() >= MOST {
                return Err(Error::User(format!("No more than {MOST} phone numbers can be added")));
            }
            Ok(tx.put(&kept)?)
        })
        .await?;
    let outgone = Outgone {
        key: String::new(),
        account: call.account().to_owned(),
        channel: Channel::Sms,
        to: number,
        message_id: freehold_core::ids::uuid(),
        topic: None,
        subject: None,
        message: format!("Your verification code is {password}"),
        at: sns.now(),
    };
    sns.record(outgone).await?;
    Ok(CreateSMSSandboxPhoneNumberResult {})
}
