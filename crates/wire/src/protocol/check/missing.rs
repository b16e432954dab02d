//! The words of services that tell of what is missing before all else, and of the first one only.

use super::path::Path;
use super::walk::{self, Stop};
use super::{Rule, Violation};
use crate::Error;
use crate::schema::{Schema, Value};

/// Finds the first required parameter that is not there. It is called as forms call it, in every protocol.
pub fn missing(code: &'static str, schema: &'static Schema, value: &Value) -> Result<(), Error> {
    let mut error = None;
    let mut first = |violation: Violation<'_>| match violation.rule {
        Rule::Required => {
            let message = format!("The request must contain the parameter {}.", violation.path.form());
            error = Some(Error::sender(code, message));
            Err(Stop)
        }
        _ => Ok(()),
    };
    match walk::members(schema.members(), value, &Path::Root, &mut first) {
        Ok(()) => Ok(()),
        Err(Stop) => error.map_or(Ok(()), Err),
    }
}
