//! Protocols that are designed in and not there yet: every request is refused in words, as JSON, which all clients
//! of these protocols fall back to reading. No generated service prefers such a protocol.

use std::borrow::Cow;

use super::{Codec, EncodedResponse, Parts};
use crate::Error;
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, ServiceModel};

pub struct Absent;

fn refusal() -> Error {
    Error::sender("UnsupportedProtocol", "Freehold does not speak this protocol yet.").with_status(415)
}

impl Codec for Absent {
    fn operation_name<'a>(&self, _: &ServiceModel, _: &Parts<'a>) -> Option<Cow<'a, str>> {
        None
    }

    fn unknown_operation(&self, _: &ServiceModel, _: Option<&str>) -> Error {
        refusal()
    }

    fn decode(&self, _: &ServiceModel, _: &'static OperationModel, _: &Parts<'_>) -> Result<Value, Error> {
        Err(refusal())
    }

    fn check(&self, _: &'static Schema, _: &Value) -> Result<(), Error> {
        Err(refusal())
    }

    fn encode_output(
        &self,
        model: &ServiceModel,
        _: &'static OperationModel,
        _: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse {
        self.encode_error(Some(model), &refusal(), request_id)
    }

    fn encode_error(&self, _: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
        let body = serde_json::json!({ "__type": error.code, "message": error.message });
        EncodedResponse::new(error.status, "application/json", body.to_string().into_bytes())
            .with(super::message::REQUEST_ID, request_id)
    }
}
