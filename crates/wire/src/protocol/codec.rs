//! The trait that a protocol implements, and the table of those that exist. A new protocol is a new [`Codec`] and
//! a line in [`of`]; no caller changes.

use std::borrow::Cow;

use super::cbor::{self, Cbor};
use super::json::Json;
use super::message::{EncodedResponse, Parts};
use super::query::{Dialect, Query};
use super::rest_json::RestJson;
use crate::Error;
use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, Protocol, ServiceModel};

/// One protocol in both directions. See the functions of the same names in [`super`].
pub trait Codec: Sync {
    fn operation_name<'a>(&self, model: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>>;

    fn unknown_operation(&self, model: &ServiceModel, name: Option<&str>) -> Error;

    fn decode(
        &self,
        model: &ServiceModel,
        operation: &'static OperationModel,
        parts: &Parts<'_>,
    ) -> Result<Value, Error>;

    fn check(&self, schema: &'static Schema, value: &Value) -> Result<(), Error>;

    fn encode_output(
        &self,
        model: &ServiceModel,
        operation: &'static OperationModel,
        output: &dyn Show,
        request_id: &str,
    ) -> EncodedResponse;

    fn encode_error(&self, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse;
}

/// The codec of a protocol.
pub fn of(protocol: Protocol) -> &'static dyn Codec {
    match protocol {
        Protocol::Ec2 => &Query(Dialect::Ec2),
        Protocol::Query => &Query(Dialect::Aws),
        Protocol::Json10 => &Json("application/x-amz-json-1.0"),
        Protocol::Json11 => &Json("application/x-amz-json-1.1"),
        Protocol::RpcV2Cbor => &Cbor,
        Protocol::RestJson => &RestJson,
    }
}

/// See [`super::choose`].
pub fn choose(spoken: &[Protocol], parts: &Parts<'_>) -> Protocol {
    let asked = |protocol: &Protocol| match protocol {
        Protocol::RpcV2Cbor => is_cbor(parts),
        Protocol::Json10 => is_json(parts, "application/x-amz-json-1.0"),
        Protocol::Json11 => is_json(parts, "application/x-amz-json-1.1"),
        Protocol::Query | Protocol::Ec2 => !parts.headers.contains_key("x-amz-target"),
        Protocol::RestJson => false,
    };
    let preferred = spoken.first().copied().unwrap_or(Protocol::Json10);
    spoken.iter().copied().find(asked).unwrap_or(preferred)
}

/// Whether the request says that it speaks RPC v2 with CBOR.
pub fn is_cbor(parts: &Parts<'_>) -> bool {
    parts.header(cbor::PROTOCOL.as_str()) == Some(cbor::NAME)
}

fn is_json(parts: &Parts<'_>, content_type: &str) -> bool {
    parts.headers.contains_key("x-amz-target")
        && parts.header("content-type").is_some_and(|value| value.starts_with(content_type))
}
