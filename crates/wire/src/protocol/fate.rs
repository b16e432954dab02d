//! What becomes of an error on the wire: its code in either family of protocols, its status, its fault. A service
//! raises errors by the name that it likes; the model's table knows the rest.

use crate::service::{ErrorModel, ServiceModel};
use crate::{Error, Fault};

pub struct Fate<'a> {
    /// What JSON protocols say.
    pub shape: &'a str,
    /// What query protocols say.
    pub query_code: &'a str,
    pub status: u16,
    pub fault: Fault,
    /// It is none of the service's own: see [`super::common`].
    pub is_common: bool,
}

/// The model's word on an error. A status that the service chose itself stands.
pub fn of<'a>(model: Option<&ServiceModel>, error: &'a Error) -> Fate<'a> {
    let code: &str = &error.code;
    let own = model.and_then(|model| model.error(code));
    let Some(known) = own.or_else(|| common(model?, code)) else {
        return Fate { shape: code, query_code: code, status: error.status, fault: error.fault, is_common: false };
    };
    let is_default = matches!(error.status, 400 | 500);
    let status = if is_default { known.status } else { error.status };
    Fate { shape: known.shape, query_code: known.query_code, status, fault: known.fault, is_common: own.is_none() }
}

/// An error of every service, where both families of protocols are spoken.
fn common(model: &ServiceModel, code: &str) -> Option<&'static ErrorModel> {
    let mut errors = super::common::ERRORS.iter().filter(|_| model.query_compatible);
    errors.find(|error| error.shape == code || error.query_code == code)
}
