//! The service `sts`.

mod assume_role;
mod get_caller_identity;
mod get_session_token;

use std::sync::Arc;

use freehold_api::sts::{self, op};
use freehold_wire::Service;

use crate::Iam;
use crate::issue::TemporaryCredentials;

pub(crate) fn service(iam: &Arc<Iam>) -> Service {
    Service::new(&sts::MODEL)
        .on(op::AssumeRole, iam, assume_role::assume_role)
        .on(op::GetCallerIdentity, iam, get_caller_identity::get_caller_identity)
        .on(op::GetSessionToken, iam, get_session_token::get_session_token)
}

fn view(credentials: TemporaryCredentials) -> sts::Credentials {
    sts::Credentials {
        access_key_id: Some(credentials.access_key_id),
        secret_access_key: Some(credentials.secret_access_key),
        session_token: Some(credentials.session_token),
        expiration: Some(credentials.expires),
    }
}
