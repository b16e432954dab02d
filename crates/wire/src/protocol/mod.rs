//! The protocols: how a request's bytes become a [`Value`] of the operation's input, and how an output or an error
//! becomes an answer's bytes. Each protocol is one [`Codec`]; callers name the protocol and never see which.
//!
//! A server walks: [`choose`] the protocol, read the [`operation_name`], find it in the model (or answer
//! [`unknown_operation`]), [`decode`], [`check`], call, then [`encode_output`] or [`encode_error`].

mod cbor;
mod check;
mod codec;
mod common;
mod event_stream;
mod fate;
mod form;
mod json;
mod message;
mod query;
mod rest_json;
mod text;
mod timestamp;
mod xml;

use std::borrow::Cow;

pub(crate) use cbor::target as cbor_target;
pub use codec::Codec;
pub(crate) use codec::is_cbor;
pub use event_stream::{Event, Events, events};
pub use message::{EncodedResponse, Parts};

use crate::schema::{Schema, Show, Value};
use crate::service::{OperationModel, Protocol, ServiceModel};
use crate::{Detail, Error};
pub(crate) use rest_json::is_route;

/// The protocol of a request to this service: what the request's headers and form say if the service speaks it,
/// else the service's preferred one.
pub fn choose(model: &ServiceModel, parts: &Parts<'_>) -> Protocol {
    codec::choose(model.protocols, parts)
}

/// The name of the operation that a request asks for, whether the model has it or not: `Action`, `X-Amz-Target`,
/// or what method and path match.
pub fn operation_name<'a>(protocol: Protocol, model: &ServiceModel, parts: &Parts<'a>) -> Option<Cow<'a, str>> {
    codec::of(protocol).operation_name(model, parts)
}

/// AWS's answer to an operation that is not there; `None` where the request names none at all.
pub fn unknown_operation(protocol: Protocol, model: &ServiceModel, name: Option<&str>) -> Error {
    codec::of(protocol).unknown_operation(model, name)
}

/// Reads the input of an operation. Refuses what is malformed, of the wrong type, doubled or nested too deep.
pub fn decode(
    protocol: Protocol,
    model: &ServiceModel,
    operation: &'static OperationModel,
    parts: &Parts<'_>,
) -> Result<Value, Error> {
    codec::of(protocol).decode(model, operation, parts)
}

/// Lets the path of a form stand for the service's [`ServiceModel::path_member`] where the form itself lacks it.
pub fn fill_from_path(
    protocol: Protocol,
    model: &ServiceModel,
    operation: &'static OperationModel,
    parts: &Parts<'_>,
    input: &mut Value,
) {
    if protocol != Protocol::Query || model.path_member.is_empty() || parts.path == "/" {
        return;
    }
    let position = operation.input.members().iter().position(|member| member.name == model.path_member);
    if let (Some(position), Value::Structure(values)) = (position, input) {
        values[position].get_or_insert_with(|| Value::String(parts.path.to_owned()));
    }
}

/// Checks a value against the constraints of its schema: required, range, length, enumeration, pattern. The error
/// is worded as services of this protocol word it, unless the service has [words of its own](ServiceModel::missing).
pub fn check(protocol: Protocol, model: &ServiceModel, schema: &'static Schema, value: &Value) -> Result<(), Error> {
    if !model.missing.is_empty() {
        check::missing(model.missing, schema, value)?;
    }
    codec::of(protocol).check(schema, value).map_err(|error| match model.invalid {
        "" => error,
        code => Error { code: code.into(), ..error },
    })
}

/// Writes an answer. The headers hold content type and request id.
pub fn encode_output(
    protocol: Protocol,
    model: &ServiceModel,
    operation: &'static OperationModel,
    output: &dyn Show,
    request_id: &str,
) -> EncodedResponse {
    codec::of(protocol).encode_output(model, operation, output, request_id)
}

/// Writes an error. What is in its headers goes into those of every protocol.
///
///  `model` is `None` where a request did not get as far as naming a service; `error.code` may be
/// the code of either the query protocols or the JSON protocols, the model's table translates.
pub fn encode_error(
    protocol: Protocol,
    model: Option<&ServiceModel>,
    error: &Error,
    request_id: &str,
) -> EncodedResponse {
    let headers = error.details.iter().filter_map(|detail| match detail {
        Detail::Header(name, value) => Some((http::HeaderName::from_static(name), value.as_str())),
        Detail::Member(..) => None,
    });
    let answer = codec::of(protocol).encode_error(model, error, request_id);
    headers.fold(answer, |answer, (name, value)| answer.with(name, value))
}
