//! The two protocols of forms and XML: AWS query and EC2's dialect of it. They read the same way (parameters with
//! dots in their names are paths into the input) and differ in names, wrappers and error codes.

mod decode;
mod dialect;
mod encode;
mod node;

use std::borrow::Cow;

pub use dialect::Dialect;

use super::{Codec, EncodedResponse, Parts, check, form};
use crate::Error;
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, ServiceModel};

/// One of the two.
pub struct Query(pub Dialect);

impl Codec for Query {
    fn operation_name<'a>(&self, _: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>> {
        form::find(parts, "Action").filter(|name| !name.is_empty())
    }

    fn unknown_operation(&self, model: &ServiceModel, name: Option<&str>) -> Error {
        self.0.unknown_operation(model, name)
    }

    fn decode(&self, _: &ServiceModel, operation: &'static OperationModel, parts: &Parts<'_>) -> Result<Value, Error> {
        decode::decode(self.0, operation.input, parts)
    }

    fn check(&self, schema: &'static Schema, value: &Value) -> Result<(), Error> {
        match self.0 {
            Dialect::Ec2 => check::ec2(schema, value),
            Dialect::Aws => check::coral("ValidationError", schema, value),
        }
    }

    fn encode_output(
        &self,
        model: &ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse {
        encode::output(self.0, model, operation, output, request_id)
    }

    fn encode_error(&self, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
        encode::error(self.0, model, error, request_id)
    }
}
