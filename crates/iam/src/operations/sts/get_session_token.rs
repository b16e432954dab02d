//! GetSessionToken: temporary credentials for the same identity.

use std::sync::Arc;

use freehold_api::sts::{GetSessionTokenRequest, GetSessionTokenResponse};
use freehold_core::PrincipalKind;
use freehold_wire::Call;
use jiff::SignedDuration;

use crate::errors::Error;
use crate::generate::TOKEN_LENGTH;
use crate::{Iam, operations};

/// Root's sessions end after an hour however long they were asked for (*API reference, GetSessionToken:
/// DurationSeconds*).
const ROOT_SECONDS: i32 = 3600;

pub(crate) async fn get_session_token(
    iam: Arc<Iam>,
    call: Call,
    input: GetSessionTokenRequest,
) -> Result<GetSessionTokenResponse, freehold_wire::Error> {
    if call.principal.kind != PrincipalKind::Root {
        return Err(Error::AccessDenied("Cannot call GetSessionToken with session credentials".into()).into());
    }
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(operations::sts::assume_role::no_such_device().into());
    }
    operations::sts::assume_role::check_token_size(input.minimum_session_token_size)?;
    let seconds = input.duration_seconds.unwrap_or(ROOT_SECONDS).min(ROOT_SECONDS);
    let issued =
        iam.issue(call.principal, SignedDuration::from_secs(seconds.into()), None).await.map_err(Error::from)?;
    debug_assert_eq!(issued.session_token.len(), TOKEN_LENGTH);
    Ok(GetSessionTokenResponse { credentials: Some(super::view(issued)), ..Default::default() })
}
