//! Outputs and errors as XML.

use super::dialect::Dialect;
use crate::protocol::message::REQUEST_ID;
use crate::protocol::text::{self, BASE64};
use crate::protocol::{EncodedResponse, fate, timestamp, xml};
use crate::schema::{Entries, Kind, Member, Show, TimestampFormat, View};
use crate::service::{OperationModel, ServiceModel};
use crate::{Error, Fault};

use base64::Engine;

const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

pub fn output(
    dialect: Dialect,
    model: &ServiceModel,
    operation: &OperationModel,
    output: &dyn Show,
    request_id: &str,
) -> EncodedResponse {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(DECLARATION);
    let root = format!("{}Response", operation.name);
    let members = operation.output.members();
    match dialect {
        Dialect::Ec2 => {
            // The model leaves the slash out that EC2 writes.
            xml::open_in(&mut out, &root, &format!("{}/", model.xml_namespace));
            xml::element(&mut out, "requestId", request_id);
            structure(&mut out, dialect, members, output.view());
            if members.is_empty() {
                // Operations without an output in the model tell that they succeeded.
                xml::element(&mut out, "return", "true");
            }
        }
        Dialect::Aws => {
            xml::open_in(&mut out, &root, model.xml_namespace);
            if !operation.result_wrapper.is_empty() {
                xml::open(&mut out, operation.result_wrapper);
                structure(&mut out, dialect, members, output.view());
                xml::close(&mut out, operation.result_wrapper);
            }
            xml::open(&mut out, "ResponseMetadata");
            xml::element(&mut out, "RequestId", request_id);
            xml::close(&mut out, "ResponseMetadata");
        }
    }
    xml::close(&mut out, &root);
    answer(dialect, 200, out, request_id)
}

pub fn error(dialect: Dialect, model: Option<&ServiceModel>, error: &Error, request_id: &str) -> EncodedResponse {
    let fate = fate::of(model, error);
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(DECLARATION);
    match dialect {
        Dialect::Ec2 => {
            out.extend_from_slice(b"<Response><Errors><Error>");
            xml::element(&mut out, "Code", fate.query_code);
            xml::element(&mut out, "Message", &error.message);
            out.extend_from_slice(b"</Error></Errors>");
            xml::element(&mut out, "RequestID", request_id);
            xml::close(&mut out, "Response");
        }
        Dialect::Aws => {
            xml::open_in(&mut out, "ErrorResponse", model.map_or("", |model| model.xml_namespace));
            xml::open(&mut out, "Error");
            xml::element(&mut out, "Type", if fate.fault == Fault::Sender { "Sender" } else { "Receiver" });
            xml::element(&mut out, "Code", fate.query_code);
            xml::element(&mut out, "Message", &error.message);
            if model.is_some_and(|model| model.error_detail) {
                out.extend_from_slice(b"<Detail/>");
            }
            xml::close(&mut out, "Error");
            xml::element(&mut out, "RequestId", request_id);
            xml::close(&mut out, "ErrorResponse");
        }
    }
    answer(dialect, fate.status, out, request_id)
}

fn answer(dialect: Dialect, status: u16, body: Vec<u8>, request_id: &str) -> EncodedResponse {
    let content_type = if dialect == Dialect::Ec2 { "text/xml;charset=UTF-8" } else { "text/xml" };
    EncodedResponse::new(status, content_type, body).with(REQUEST_ID, request_id)
}

/// Writes the members of a structure that have a value.
fn structure(out: &mut Vec<u8>, dialect: Dialect, members: &[Member], value: View<'_>) {
    let View::Structure(values) = value else { return };
    let mut members = members.iter();
    values.each(&mut |value| {
        if let (Some(member), Some(value)) = (members.next(), value) {
            member_value(out, dialect, member, value);
        }
    });
}

fn member_value(out: &mut Vec<u8>, dialect: Dialect, member: &Member, value: View<'_>) {
    match (&member.schema.kind, value) {
        (Kind::List { member: element }, View::List(values)) if member.flattened => {
            values.each(&mut |value| element_value(out, dialect, member.form_name, element, value));
        }
        (Kind::Map { key, value }, View::Map(entries)) if member.flattened => {
            map(out, dialect, dialect.name(member), key, value, entries);
        }
        _ => content(out, dialect, dialect.name(member), member, value),
    }
}

fn element_value(out: &mut Vec<u8>, dialect: Dialect, name: &str, element: &Member, value: Option<View<'_>>) {
    if let Some(value) = value {
        content(out, dialect, name, element, value);
    }
}

/// Writes a value in an element of this name.
fn content(out: &mut Vec<u8>, dialect: Dialect, name: &str, member: &Member, value: View<'_>) {
    xml::open(out, name);
    match (&member.schema.kind, value) {
        (Kind::Structure { members }, value) => structure(out, dialect, members, value),
        (Kind::List { member: element }, View::List(values)) => {
            values.each(&mut |value| element_value(out, dialect, element.wire_name, element, value));
        }
        (Kind::Map { key, value }, View::Map(entries)) => map(out, dialect, "entry", key, value, entries),
        (kind, value) => scalar(out, dialect, kind, member, value),
    }
    xml::close(out, name);
}

fn map(out: &mut Vec<u8>, dialect: Dialect, name: &str, key: &Member, value: &Member, entries: &dyn Entries) {
    entries.each(&mut |entry_key, entry_value| {
        xml::open(out, name);
        xml::element(out, key.wire_name, entry_key);
        content(out, dialect, value.wire_name, value, entry_value);
        xml::close(out, name);
    });
}

fn scalar(out: &mut Vec<u8>, dialect: Dialect, kind: &Kind, member: &Member, value: View<'_>) {
    match value {
        View::String(value) => xml::text(out, value),
        View::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        View::Integer(value) => text::write_integer(out, value),
        View::Float(value) => text::write_number(out, kind, value),
        View::Blob(value) => out.extend_from_slice(BASE64.encode(value).as_bytes()),
        View::Timestamp(value) => match member.timestamp.unwrap_or(TimestampFormat::Iso8601) {
            TimestampFormat::Iso8601 => timestamp::write_iso8601(out, value, dialect == Dialect::Ec2),
            TimestampFormat::Rfc822 => timestamp::write_rfc822(out, value),
            TimestampFormat::UnixTimestamp => timestamp::write_seconds(out, value),
        },
        // The schema says that this is a scalar, and types are made by the schema.
        View::List(_) | View::Map(_) | View::Structure(_) => {}
    }
}
