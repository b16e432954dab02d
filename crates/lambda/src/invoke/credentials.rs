//! Credentials of a function's role, for the environment that it runs in.

use freehold_functions::contract::Credentials;
use freehold_iam::NotTrusted;

use super::PRINCIPAL;
use crate::Lambda;
use crate::errors::Error;
use crate::model::Version;

impl Lambda {
    pub(crate) async fn credentials(&self, version: &Version) -> Result<Credentials, Error> {
        let issued = self.iam.service_role_credentials(&version.settings.role, PRINCIPAL, &version.name).await;
        let issued = issued.map_err(|error| match error {
            NotTrusted::Store(error) => error.into(),
            _ => Error::invalid("The role defined for the function cannot be assumed by Lambda."),
        })?;
        Ok(Credentials {
            access_key_id: issued.access_key_id,
            secret_access_key: issued.secret_access_key,
            session_token: issued.session_token,
            expires_ms: issued.expires.as_millisecond(),
        })
    }
}
