//! REST with JSON: method and path say which operation is meant, parameters stand in the path, the query string, the
//! headers and a body of JSON or of plain bytes (*Smithy, AWS restJson1 protocol*).

mod decode;
mod encode;
mod labels;
mod route;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use route::is_route;

use super::{Codec, EncodedResponse, Parts, check};
use crate::Error;
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, ServiceModel};

pub struct RestJson;

impl Codec for RestJson {
    fn operation_name<'a>(&self, model: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>> {
        route::find(model, parts).map(Cow::Borrowed)
    }

    fn unknown_operation(&self, model: &ServiceModel, name: Option<&str>) -> Error {
        super::json::unknown_operation(model, name).with_status(404)
    }

    fn decode(&self, _: &ServiceModel, operation: &'static OperationModel, parts: &Parts<'_>) -> Result<Value, Error> {
        decode::decode(operation, parts)
    }

    fn check(&self, schema: &'static Schema, value: &Value) -> Result<(), Error> {
        check::coral("ValidationException", schema, value)
    }

    fn encode_output(
        &self,
        _: &ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse {
        encode::output(operation, output.view(), request_id)
    }

    fn encode_error(&self, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
        encode::error(model, error, request_id)
    }
}
