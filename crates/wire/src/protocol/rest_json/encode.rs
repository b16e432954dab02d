//! Outputs and errors as answers.

use http::{HeaderName, HeaderValue, header};

use crate::protocol::json::{ERROR_TYPE, encode};
use crate::protocol::message::REQUEST_ID;
use crate::protocol::{EncodedResponse, fate, text, timestamp};
use crate::schema::{Kind, Location, Member, TimestampFormat, View};
use crate::service::{OperationModel, ServiceModel};
use crate::{Detail, Error, Fault};

const JSON: &str = "application/json";
/// A status whose answers have no body.
const NO_CONTENT: u16 = 204;

pub fn output(operation: &'static OperationModel, output: View<'_>, request_id: &str) -> EncodedResponse {
    let members = operation.output.members();
    let mut answer = EncodedResponse::new(operation.http_status, JSON, Vec::new());
    let mut payload = None;
    if let View::Structure(values) = output {
        let mut at = members.iter();
        values.each(&mut |value| {
            let (Some(member), Some(value)) = (at.next(), value) else { return };
            match (member.location, value) {
                (Location::StatusCode, View::Integer(status)) => answer.status = status as u16,
                (Location::Header, value) => set(&mut answer, member.wire_name, header_text(member, value)),
                (Location::Headers, View::Map(entries)) => entries.each(&mut |name, value| {
                    set(&mut answer, &format!("{}{name}", member.wire_name), header_text(member, value));
                }),
                (Location::Payload, value) => payload = Some(whole(member, value)),
                _ => {}
            }
        });
    }
    let has_payload = members.iter().any(|member| member.location == Location::Payload);
    // An operation without output, or without anything to say, answers with no body, and then names no type of it.
    answer.body = if answer.status == NO_CONTENT || operation.output.name == "Unit" {
        bytes::Bytes::new()
    } else if has_payload {
        payload.unwrap_or_default()
    } else {
        let mut body = Vec::with_capacity(512);
        encode::some_members(&mut body, members, output, |member| member.location == Location::Body);
        body.into()
    };
    if answer.body.is_empty() && !has_payload {
        answer.headers.retain(|(name, _)| name != header::CONTENT_TYPE);
    }
    answer.with(REQUEST_ID, request_id)
}

/// Sets a header; a value that cannot stand in one is left out.
fn set(answer: &mut EncodedResponse, name: &str, value: String) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
        answer.headers.retain(|(other, _)| *other != name);
        answer.headers.push((name, value));
    }
}

/// The member that is the whole body.
fn whole(member: &Member, value: View<'_>) -> bytes::Bytes {
    match value {
        View::Blob(bytes) => bytes.clone(),
        View::String(text) => bytes::Bytes::copy_from_slice(text.as_bytes()),
        value => {
            let mut body = Vec::new();
            encode::structure(&mut body, member.schema.members(), value);
            body.into()
        }
    }
}

fn header_text(member: &Member, value: View<'_>) -> String {
    let mut out = Vec::new();
    match value {
        View::String(text) => return text.to_owned(),
        View::Boolean(value) => return value.to_string(),
        View::Integer(value) => text::write_integer(&mut out, value),
        View::Float(value) => text::write_number(&mut out, &member.schema.kind, value),
        View::Blob(bytes) => return base64::Engine::encode(&text::BASE64, bytes),
        View::Timestamp(value) => match member.timestamp.unwrap_or(TimestampFormat::Rfc822) {
            TimestampFormat::UnixTimestamp => timestamp::write_seconds(&mut out, value),
            TimestampFormat::Iso8601 => timestamp::write_iso8601(&mut out, value, false),
            TimestampFormat::Rfc822 => timestamp::write_rfc822(&mut out, value),
        },
        View::List(values) => {
            let element = match &member.schema.kind {
                Kind::List { member } => member,
                _ => member,
            };
            let mut pieces = Vec::new();
            values.each(&mut |value| pieces.extend(value.map(|value| header_text(element, value))));
            return pieces.join(", ");
        }
        // Neither stands in a header.
        View::Map(_) | View::Structure(_) => {}
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Services differ about what is in the body: the model of the error says it. Of what no model has, the message is
/// called as most do.
pub fn error(model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
    let fate = fate::of(model, error);
    let members = model.and_then(|model| model.error(fate.shape)).map_or(&[][..], |known| known.members);
    let message = members.iter().find(|name| name.eq_ignore_ascii_case("message")).unwrap_or(&"message");
    let mut body = Vec::with_capacity(128);
    body.push(b'{');
    if members.contains(&"Type") {
        body.extend_from_slice(if fate.fault == Fault::Sender {
            b"\"Type\":\"User\","
        } else {
            b"\"Type\":\"Server\","
        });
    }
    pair(&mut body, message, &error.message);
    for detail in &error.details {
        if let Detail::Member(name, value) = detail {
            body.push(b',');
            pair(&mut body, name, value);
        }
    }
    body.push(b'}');
    EncodedResponse::new(fate.status, JSON, body).with(REQUEST_ID, request_id).with(ERROR_TYPE, fate.shape)
}

fn pair(body: &mut Vec<u8>, name: &str, value: &str) {
    encode::string(body, name);
    body.push(b':');
    encode::string(body, value);
}
