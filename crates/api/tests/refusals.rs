//! What is wrong with a request is told in the code and the words of the service's family.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use freehold_wire::Error;
use freehold_wire::protocol;
use freehold_wire::schema::Value;
use freehold_wire::service::Protocol;
use support::{Request, service};

/// Reads and checks a request of an operation.
fn read(id: &str, operation: &str, body: &str) -> Result<Value, Error> {
    let model = service(id);
    let protocol = model.protocols[0];
    let operation = model.operation(operation).expect("an operation");
    let value = protocol::decode(protocol, model, operation, &Request::form(body).parts())?;
    protocol::check(protocol, model, operation.input, &value)?;
    Ok(value)
}

fn refusal(id: &str, operation: &str, body: &str) -> String {
    match read(id, operation, body) {
        Ok(value) => panic!("{operation} took {body}: {value:?}"),
        Err(error) => {
            assert_eq!(error.status, 400);
            error.to_string()
        }
    }
}

fn ec2(operation: &str, body: &str) -> String {
    refusal("ec2", operation, body)
}

#[test]
fn ec2_names_a_parameter_that_is_missing() {
    let expected = "MissingParameter: The request must contain the parameter MaxCount";
    assert_eq!(ec2("RunInstances", "ImageId=ami-1&MinCount=1"), expected);
    let expected = "MissingParameter: The request must contain the parameter GroupName";
    assert_eq!(ec2("CreateSecurityGroup", "GroupDescription=d"), expected);
}

#[test]
fn ec2_refuses_a_parameter_that_it_does_not_know() {
    for parameter in [
        "Color",
        "Filter.1.Colour",
        "Filter.x",
        "Filter",
        "Filter.1",
        "Filter.-1.Name",
        "Filter.1x.Name",
        "DryRun.1",
        "Filter.member.1.Name",
        "Filter.4294967296.Name",
        ".",
        "Filter..Name",
    ] {
        let expected = format!("UnknownParameter: The parameter {parameter} is not recognized");
        assert_eq!(ec2("DescribeInstances", &format!("{parameter}=1")), expected);
    }
}

#[test]
fn ec2_refuses_values_of_another_type() {
    for (parameter, value, expected) in [
        ("DryRun", "maybe", "a boolean, true or false"),
        ("MaxResults", "ten", "an integer"),
        ("MaxResults", "99999999999999999999", "an integer"),
        ("MaxResults", "", "an integer"),
    ] {
        let message = format!(
            "InvalidParameterValue: Value ({value}) for parameter {parameter} is invalid. Expected {expected}."
        );
        assert_eq!(ec2("DescribeInstances", &format!("{parameter}={value}")), message);
    }
    let expected = "InvalidParameterValue: Value for parameter PublicKeyMaterial is invalid. Expected data in base64.";
    assert_eq!(ec2("ImportKeyPair", "KeyName=k&PublicKeyMaterial=%21%21"), expected);
}

#[test]
fn ec2_refuses_a_parameter_that_comes_twice() {
    let expected = "InvalidQueryParameter: The parameter MaxResults is given more than once.";
    assert_eq!(ec2("DescribeInstances", "MaxResults=5&MaxResults=6"), expected);
    let expected = "InvalidQueryParameter: The parameter Filter.1.Value.1 is given more than once.";
    assert_eq!(
        ec2("DescribeInstances", "Filter.1.Name=x&Filter.1.Value.1=a&Filter.01.Value.1=b").replace(".01.", ".1."),
        expected
    );
}

#[test]
fn ec2_refuses_values_outside_of_their_range() {
    let expected = "InvalidParameterValue: Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than or equal to 5.";
    assert_eq!(ec2("DescribeVpcs", "MaxResults=4"), expected);
    let expected = "InvalidParameterValue: Invalid value 'nap' for InstanceInitiatedShutdownBehavior.";
    assert_eq!(ec2("RunInstances", "MinCount=1&MaxCount=1&InstanceInitiatedShutdownBehavior=nap"), expected);
}

#[test]
fn a_form_that_is_none_is_malformed() {
    let expected = "MalformedQueryString: The query string contains a syntax error.";
    for body in ["DryRun=%zz", "%ff=1", "DryRun=%e4"] {
        assert_eq!(ec2("DescribeInstances", body), expected);
    }
}

#[test]
fn lists_come_in_any_order_and_with_gaps() {
    let model = service("ec2");
    let value = read("ec2", "DescribeInstances", "InstanceId.30=c&InstanceId.2=b&InstanceId.1=a").unwrap();
    let json = support::to_json(model.operation("DescribeInstances").unwrap().input, &value);
    assert_eq!(json, serde_json::json!({ "InstanceIds": ["a", "b", "c"] }));
}

#[test]
fn thousands_of_list_elements_are_read_and_more_are_refused() {
    let body = |count: usize| (1..=count).rev().map(|index| format!("InstanceId.{index}=i&")).collect::<String>();
    let value = read("ec2", "DescribeInstances", &body(10_000)).unwrap();
    assert!(
        matches!(value, Value::Structure(members) if matches!(&members[0], Some(Value::List(list)) if list.len() == 10_000))
    );
    let expected = "InvalidQueryParameter: The request has more than 10000 parameters.";
    assert_eq!(ec2("DescribeInstances", &body(10_001)), expected);
}

#[test]
fn query_services_tell_everything_that_is_wrong() {
    let expected = "ValidationError: 2 validation errors detected: Value null at 'roleName' failed to satisfy constraint: \
                    Member must not be null; Value '1' at 'maxSessionDuration' failed to satisfy constraint: \
                    Member must have value greater than or equal to 3600";
    let body = "AssumeRolePolicyDocument=%7B%7D&MaxSessionDuration=1";
    assert_eq!(refusal("iam", "CreateRole", body), expected);
    let expected = "ValidationError: 1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: \
                    Member must satisfy regular expression pattern: [\\w+=,.@-]+";
    assert_eq!(refusal("iam", "GetRole", "RoleName=a+b"), expected);
    let expected = "ValidationError: 1 validation error detected: Value null at 'tags.2.member.key' failed to satisfy constraint: \
                    Member must not be null";
    let tags = "Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Value=c";
    let body = format!("RoleName=r&AssumeRolePolicyDocument=x&{tags}");
    assert_eq!(refusal("iam", "CreateRole", &body), expected);
}

#[test]
fn query_services_take_no_notice_of_what_they_do_not_know() {
    assert!(read("iam", "GetRole", "RoleName=r&Colour=red&RoleName.x=1").is_ok());
}

#[test]
fn query_services_refuse_malformed_input() {
    let text = refusal("iam", "ListRoles", "MaxItems=many");
    assert_eq!(text, "MalformedInput: Value (many) for parameter MaxItems is invalid. Expected an integer.");
    assert!(refusal("iam", "GetRole", "RoleName=r&RoleName=s").starts_with("MalformedInput: "));
}

#[test]
fn json_of_another_type_cannot_be_serialised() {
    for (body, expected) in [
        (r#"{"Names": "a"}"#, "a list"),
        (r#"{"Names": [1]}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Names": [null]}"#, "null"),
        (r#"{"Names": ["a"], "WithDecryption": "true"}"#, "STRING_VALUE can not be converted to a Boolean"),
        (r#"{"Names": ["a"], "Names": ["b"]}"#, "given more than once"),
        (r#"{"Names": ["a"]"#, "EOF"),
        (r#"{"Names": ["a"]} x"#, "trailing"),
        (r#"["Names"]"#, "a structure"),
        ("null", "a structure"),
        ("{\"Names\": [\"\\ud800\"]}", "hex escape"),
    ] {
        let text = refusal("ssm", "GetParameters", body);
        assert!(text.starts_with("SerializationException: "), "{text}");
        assert!(text.contains(expected), "{body}: {text}");
    }
    for number in ["1e3", "1.5", "2147483648", "1e400", "true", "\"1\""] {
        let text = refusal("ssm", "DescribeParameters", &format!(r#"{{"MaxResults": {number}}}"#));
        assert!(text.starts_with("SerializationException: "), "{text}");
    }
}

#[test]
fn json_nested_a_hundred_thousand_deep_harms_nothing() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    // What is unknown is skipped without recursion; what is known stops at the first wrong step.
    assert!(refusal("ssm", "GetParameters", &format!(r#"{{"Unknown": {deep}}}"#)).starts_with("ValidationException: "));
    assert!(
        refusal("ssm", "GetParameters", &format!(r#"{{"Names": {deep}}}"#)).starts_with("SerializationException: ")
    );
}

#[test]
fn json_that_violates_the_model_is_told_in_one_sentence() {
    let expected = "ValidationException: 1 validation error detected: Value '99' at 'maxResults' failed to satisfy constraint: \
                    Member must have value less than or equal to 50";
    assert_eq!(refusal("ssm", "DescribeParameters", r#"{"MaxResults": 99}"#), expected);
    let expected = "ValidationException: 1 validation error detected: Value '[]' at 'names' failed to satisfy constraint: \
                    Member must have length greater than or equal to 1";
    assert_eq!(refusal("ssm", "GetParameters", r#"{"Names": []}"#), expected);
    let text = refusal("ssm", "GetParameters", r#"{"Names": [""]}"#);
    let expected = "ValidationException: 1 validation error detected: Value '' at 'names' failed to satisfy constraint: \
                    Member must satisfy constraint: [Member must have length greater than or equal to 1]";
    assert_eq!(text, expected);
}

#[test]
fn sqs_names_the_first_parameter_that_is_missing_in_either_protocol() {
    let expected = "MissingParameter: The request must contain the parameter MessageBody.";
    assert_eq!(refusal("sqs", "SendMessage", r#"{"QueueUrl": "u"}"#), expected);
    assert_eq!(refusal("sqs", "SendMessage", r#"{"QueueUrl": "u", "MessageBody": null}"#), expected);
    let model = service("sqs");
    let told = |body: &str| {
        let operation = model.operation("SendMessageBatch").unwrap();
        let value = protocol::decode(Protocol::Query, model, operation, &Request::form(body).parts()).unwrap();
        protocol::check(Protocol::Query, model, operation.input, &value).unwrap_err().to_string()
    };
    assert_eq!(told(""), "MissingParameter: The request must contain the parameter QueueUrl.");
    assert_eq!(
        told("QueueUrl=u&SendMessageBatchRequestEntry.1.Id=a"),
        "MissingParameter: The request must contain the parameter SendMessageBatchRequestEntry.1.MessageBody."
    );
}

#[test]
fn null_members_and_unknown_members_are_passed_over() {
    assert!(read("ssm", "GetParameters", r#"{"Names": ["a"], "WithDecryption": null, "Unknown": {"a": [1]}}"#).is_ok());
}

#[test]
fn operations_that_are_not_there_are_refused_by_name() {
    let told = |protocol, id, name| protocol::unknown_operation(protocol, service(id), name).to_string();
    let cases = [
        told(Protocol::Ec2, "ec2", Some("Invent")),
        told(Protocol::Ec2, "ec2", Some("CreateVpnGateway")),
        told(Protocol::Ec2, "ec2", None),
        told(Protocol::Query, "iam", Some("Invent")),
        told(Protocol::Json11, "ssm", Some("Invent")),
        told(Protocol::Json11, "ssm", Some("SendCommand")),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn every_pattern_and_enumeration_of_the_models_can_be_enforced() {
    fn walk(schema: &'static freehold_wire::schema::Schema, seen: &mut Vec<*const u8>) {
        use freehold_wire::schema::Kind;
        if seen.contains(&std::ptr::from_ref(schema).cast()) {
            return;
        }
        seen.push(std::ptr::from_ref(schema).cast());
        assert!(schema.constraint.values.is_sorted(), "{}", schema.name);
        if let Some(pattern) = schema.constraint.pattern {
            assert!(pattern.is_supported(), "{}: {}", schema.name, pattern.text);
        }
        match schema.kind {
            Kind::Structure { members } => members.iter().for_each(|member| walk(member.schema, seen)),
            Kind::List { member } => walk(member.schema, seen),
            Kind::Map { key, value } => [key, value].into_iter().for_each(|member| walk(member.schema, seen)),
            _ => {}
        }
    }
    let mut seen = Vec::new();
    support::operations().for_each(|(_, operation)| walk(operation.input, &mut seen));
}
