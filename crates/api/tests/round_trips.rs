//! Whatever value any operation may have survives its protocol in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use freehold_wire::protocol::{self, Parts};
use freehold_wire::schema::{Convert, Kind, Member, Value};
use freehold_wire::service::Protocol;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use support::{Request, generate, operations};

/// Writes a value as a client's form does.
fn form(ec2: bool, prefix: &str, member: &Member, value: &Value, out: &mut String) {
    let element = |name: &str, index: usize| match ec2 || member.flattened {
        true => format!("{prefix}.{}", index + 1),
        false => format!("{prefix}.{name}.{}", index + 1),
    };
    let mut scalar = |text: String| {
        *out += &format!("&{prefix}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC));
    };
    match (&member.schema.kind, value) {
        (Kind::Structure { members }, Value::Structure(values)) => {
            structure(ec2, &format!("{prefix}."), members, values, out)
        }
        (Kind::List { member: inner }, Value::List(values)) => {
            for (index, value) in values.iter().enumerate() {
                form(ec2, &element(inner.wire_name, index), inner, value, out);
            }
        }
        (Kind::Map { key, value: inner }, Value::Map(entries)) => {
            for (index, (name, value)) in entries.iter().enumerate() {
                let entry = element("entry", index);
                let name = Value::String(name.clone());
                form(ec2, &format!("{entry}.{}", key.wire_name), key, &name, out);
                form(ec2, &format!("{entry}.{}", inner.wire_name), inner, value, out);
            }
        }
        (_, Value::String(text)) => scalar(text.clone()),
        _ => scalar(match support::to_json(member.schema, value) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        }),
    }
}

fn structure(ec2: bool, prefix: &str, members: &[Member], values: &[Option<Value>], out: &mut String) {
    for (member, value) in members.iter().zip(values) {
        if let Some(value) = value {
            form(ec2, &format!("{prefix}{}", member.form_name), member, value, out);
        }
    }
}

fn operation() -> impl Strategy<Value = usize> {
    0..operations().count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn forms_are_read_as_they_are_written(
        (at, value) in operation().prop_flat_map(|at| {
            let (_, operation) = operations().nth(at).unwrap();
            (Just(at), generate::value(operation.input))
        })
    ) {
        let (model, operation) = operations().nth(at).unwrap();
        let protocol = model.protocols[0];
        prop_assume!(matches!(protocol, Protocol::Ec2 | Protocol::Query));
        let mut body = format!("Action={}", operation.name);
        if let Value::Structure(values) = &value {
            structure(protocol == Protocol::Ec2, "", operation.input.members(), values, &mut body);
        }
        let request = Request::form(body);
        let read = protocol::decode(protocol, model, operation, &request.parts());
        prop_assert_eq!(read, Ok(value));
    }

    #[test]
    fn json_is_read_as_it_is_written(
        (at, value) in operation().prop_flat_map(|at| {
            let (_, operation) = operations().nth(at).unwrap();
            (Just(at), generate::value(operation.output))
        })
    ) {
        let (model, operation) = operations().nth(at).unwrap();
        // An operation whose input is the other's output.
        let echo = Box::leak(Box::new(freehold_wire::service::OperationModel {
            name: operation.name, http_method: "POST", http_uri: "/", http_status: 200, input: operation.output, output: operation.output,
            result_wrapper: "",
        }));
        let answer = protocol::encode_output(Protocol::Json11, model, echo, &value, "id");
        let headers = http::HeaderMap::new();
        let parts = Parts { method: &http::Method::POST, path: "/", query: "", headers: &headers, body: &answer.body };
        prop_assert_eq!(protocol::decode(Protocol::Json11, model, echo, &parts), Ok(value));
    }

    #[test]
    fn xml_of_any_output_is_well_formed_and_complete(
        (at, value) in operation().prop_flat_map(|at| {
            let (_, operation) = operations().nth(at).unwrap();
            (Just(at), generate::value(operation.output))
        })
    ) {
        let (model, operation) = operations().nth(at).unwrap();
        for protocol in [Protocol::Ec2, Protocol::Query] {
            let answer = protocol::encode_output(protocol, model, operation, &value, "id");
            let text = std::str::from_utf8(&answer.body).unwrap();
            let mut reader = quick_xml::Reader::from_str(text);
            let mut open = Vec::new();
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Start(start)) => open.push(start.name().as_ref().to_vec()),
                    Ok(quick_xml::events::Event::End(end)) => prop_assert_eq!(open.pop(), Some(end.name().as_ref().to_vec())),
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => prop_assert!(false, "{error}: {text}"),
                }
            }
            prop_assert!(open.is_empty());
        }
    }

    #[test]
    fn nothing_that_a_client_sends_panics(at in operation(), body in "[A-Za-z0-9.=&%+\\[\\]{}\",:]{0,200}") {
        let (model, operation) = operations().nth(at).unwrap();
        for protocol in [Protocol::Ec2, Protocol::Query, Protocol::Json10] {
            let request = Request::form(body.clone());
            if let Ok(value) = protocol::decode(protocol, model, operation, &request.parts()) {
                let _ = protocol::check(protocol, model, operation.input, &value);
            }
        }
    }
}

#[test]
fn types_turn_into_values_and_back() {
    let request = freehold_api::ec2::RunInstancesRequest {
        image_id: Some("ami-1".into()),
        min_count: Some(1),
        security_group_ids: Some(vec!["sg-1".into()]),
        ..Default::default()
    };
    let back = freehold_api::ec2::RunInstancesRequest::from_value(request.clone().into_value());
    assert_eq!(back, Some(request));
}

#[test]
fn tables_are_sorted_by_name() {
    for model in support::SERVICES {
        assert!(model.operations.is_sorted_by_key(|operation| operation.name), "{}", model.id);
        assert!(model.unsupported.is_sorted(), "{}", model.id);
        for operation in model.operations {
            assert_eq!(model.operation(operation.name).map(|found| found.name), Some(operation.name));
        }
    }
}
