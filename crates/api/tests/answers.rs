//! Golden answers: outputs and errors, byte for byte. `xtask/botocore_fixtures.py answers` reads the same files.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fmt::Write;

use freehold_api::{ec2, iam, ssm, sts};
use freehold_wire::protocol::{self, EncodedResponse};
use freehold_wire::schema::{Convert, Unit};
use freehold_wire::service::{ErrorModel, Protocol, ServiceModel};
use freehold_wire::{Error, Fault, Operation};
use support::service;

const REQUEST_ID: &str = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE";

fn body<O: Operation>(id: &str, _: O, output: O::Output) -> String {
    let model = service(id);
    let answer = protocol::encode_output(model.protocols[0], model, O::MODEL, &output.into_value(), REQUEST_ID);
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn new_year() -> Option<jiff::Timestamp> {
    "2026-01-02T03:04:05Z".parse().ok()
}

#[test]
fn describe_regions() {
    let regions = vec![
        ec2::Region {
            region_name: some("us-east-1"),
            endpoint: some("ec2.us-east-1.amazonaws.com"),
            opt_in_status: some("opt-in-not-required"),
            ..Default::default()
        },
        ec2::Region { region_name: some("a<&>\"b\r"), endpoint: some("\0"), ..Default::default() },
    ];
    let output = ec2::DescribeRegionsResult { regions: Some(regions) };
    insta::assert_snapshot!("describe_regions", body("ec2", ec2::op::DescribeRegions, output));
}

#[test]
fn describe_instances() {
    let instance = ec2::Instance {
        instance_id: some("i-1"),
        ami_launch_index: Some(0),
        launch_time: new_year(),
        state: Some(ec2::InstanceState { code: Some(16), name: some("running") }),
        ebs_optimized: Some(false),
        tags: Some(vec![ec2::Tag { key: some("Name"), value: some("") }]),
        ..Default::default()
    };
    let reservation = ec2::Reservation {
        reservation_id: some("r-1"),
        groups: Some(vec![]),
        instances: Some(vec![instance]),
        ..Default::default()
    };
    let output = ec2::DescribeInstancesResult { reservations: Some(vec![reservation]), ..Default::default() };
    insta::assert_snapshot!("describe_instances", body("ec2", ec2::op::DescribeInstances, output));
}

#[test]
fn an_operation_of_ec2_without_output_returns_true() {
    insta::assert_snapshot!("delete_vpc", body("ec2", ec2::op::DeleteVpc, Unit));
}

#[test]
fn get_caller_identity() {
    let output = sts::GetCallerIdentityResponse {
        user_id: some("000000000000"),
        account: some("000000000000"),
        arn: some("arn:aws:iam::000000000000:root"),
    };
    insta::assert_snapshot!("get_caller_identity", body("sts", sts::op::GetCallerIdentity, output));
}

#[test]
fn list_roles() {
    let role = iam::Role {
        path: some("/"),
        role_name: some("r"),
        role_id: some("AROA1"),
        arn: some("arn:aws:iam::000000000000:role/r"),
        create_date: new_year(),
        tags: Some(vec![iam::Tag { key: some("a"), value: some("b") }]),
        ..Default::default()
    };
    let output = iam::ListRolesResponse { roles: Some(vec![role]), is_truncated: Some(false), marker: None };
    insta::assert_snapshot!("list_roles", body("iam", iam::op::ListRoles, output));
}

#[test]
fn an_operation_of_iam_without_output_has_no_result() {
    insta::assert_snapshot!("delete_role", body("iam", iam::op::DeleteRole, Unit));
}

#[test]
fn get_parameter() {
    let parameter = ssm::Parameter {
        name: some("/a"),
        r#type: some("String"),
        value: some("line\n\"quoted\""),
        version: Some(3),
        last_modified_date: new_year(),
        ..Default::default()
    };
    let output = ssm::GetParameterResult { parameter: Some(parameter) };
    insta::assert_snapshot!("get_parameter", body("ssm", ssm::op::GetParameter, output));
}

fn told(answer: &EncodedResponse) -> String {
    let mut text = format!("{}\n", answer.status);
    for (name, value) in &answer.headers {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    text + "\n" + std::str::from_utf8(&answer.body).unwrap()
}

#[test]
fn errors_in_each_protocol() {
    let error = Error::sender("InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist & <never> did");
    let mut all = String::new();
    for protocol in [Protocol::Ec2, Protocol::Query, Protocol::Json10, Protocol::Json11] {
        for model in [Some(service("ec2")), None] {
            all += &format!("{}\n\n", told(&protocol::encode_error(protocol, model, &error, REQUEST_ID)));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_model_knows_code_status_and_fault_of_an_error() {
    let model = service("iam");
    let by_shape = Error::sender("NoSuchEntityException", "none");
    let by_code = Error::sender("NoSuchEntity", "none");
    let answer = protocol::encode_error(Protocol::Query, Some(model), &by_shape, REQUEST_ID);
    assert_eq!(answer, protocol::encode_error(Protocol::Query, Some(model), &by_code, REQUEST_ID));
    assert_eq!(answer.status, 404);
    assert!(String::from_utf8_lossy(&answer.body).contains("<Code>NoSuchEntity</Code>"));
    let answer = protocol::encode_error(Protocol::Json10, Some(model), &by_code, REQUEST_ID);
    assert!(String::from_utf8_lossy(&answer.body).contains("#NoSuchEntityException"));
}

#[test]
fn a_service_that_is_query_compatible_tells_the_old_code_in_a_header() {
    static ERRORS: [ErrorModel; 1] = [ErrorModel {
        shape: "QueueDoesNotExist",
        query_code: "AWS.SimpleQueueService.NonExistentQueue",
        status: 400,
        fault: Fault::Sender,
        members: &[],
    }];
    let model = ServiceModel {
        id: "sqs",
        signing_name: "sqs",
        api_version: "2012-11-05",
        protocols: &[Protocol::Json10, Protocol::Query],
        target_prefix: "AmazonSQS",
        path_member: "",
        missing: "",
        invalid: "",
        error_detail: true,
        query_compatible: true,
        xml_namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
        operations: &[],
        unsupported: &[],
        unsupported_routes: &[],
        errors: &ERRORS,
    };
    let error = Error::sender("QueueDoesNotExist", "The specified queue does not exist.");
    let json = told(&protocol::encode_error(Protocol::Json10, Some(&model), &error, REQUEST_ID));
    assert!(json.contains("x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender"), "{json}");
    assert!(json.contains("#QueueDoesNotExist"), "{json}");
    let xml = told(&protocol::encode_error(Protocol::Query, Some(&model), &error, REQUEST_ID));
    assert!(xml.contains("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"), "{xml}");
    assert!(xml.contains("</Message><Detail/></Error>"), "{xml}");
    // Errors of every service have two names there too, and the status that they had.
    for code in ["UnrecognizedClientException", "InvalidClientTokenId"] {
        let answer = protocol::encode_error(Protocol::Json10, Some(&model), &Error::sender(code, "m"), REQUEST_ID);
        assert_eq!(answer.status, 403);
        let json = told(&answer);
        assert!(json.contains("#UnrecognizedClientException"), "{json}");
        assert!(json.contains("x-amzn-query-error: InvalidClientTokenId;Sender"), "{json}");
    }
}
