//! What becomes of an error on the wire: its code in either family of protocols, its status, its fault. A service
//! raises errors by the name that it likes; the model's table knows the rest.

use crate::service::ServiceModel;
use crate::{Error, Fault};

pub struct Fate<'a> {
    /// What JSON protocols say.
    pub shape: &'a str,
    /// What query protocols say.
    pub query_code: &'a str,
    pub status: u16,
    pub fault: Fault,
}

/// The model's word on an error. A status that the service chose itself stands.
pub fn of<'a>(model: Option<&ServiceModel>, error: &'a Error) -> Fate<'a> {
    let code: &str = &error.code;
    let Some(known) = model.and_then(|model| model.error(code)) else {
        return Fate { shape: code, query_code: code, status: error.status, fault: error.fault };
    };
    let is_default = matches!(error.status, 400 | 500);
    let status = if is_default { known.status } else { error.status };
    Fate { shape: known.shape, query_code: known.query_code, status, fault: known.fault }
}
