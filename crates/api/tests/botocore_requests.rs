//! What botocore sends is understood as what its caller said. The fixtures come from `xtask/botocore_fixtures.py`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use freehold_wire::protocol;
use serde_json::Value as Json;
use support::{Request, service, to_json};

fn fixtures() -> Vec<Json> {
    serde_json::from_str(include_str!("fixtures/requests.json")).expect("the fixtures are JSON")
}

fn request(fixture: &Json) -> Request {
    let headers = fixture["headers"].as_object().unwrap();
    let request = Request::form(fixture["body"].as_str().unwrap());
    headers.iter().fold(request, |request, (name, value)| request.with_header(name, value.as_str().unwrap()))
}

#[test]
fn parameters_arrive_as_they_were_given() {
    for fixture in fixtures() {
        let model = service(fixture["service"].as_str().unwrap());
        let request = request(&fixture);
        let protocol = protocol::choose(model, &request.parts());
        let name = protocol::operation_name(protocol, model, &request.parts()).expect("an operation");
        assert_eq!(name, fixture["operation"].as_str().unwrap());
        let operation = model.operation(&name).expect("a known operation");
        let value = protocol::decode(protocol, model, operation, &request.parts()).expect("a readable request");
        protocol::check(protocol, model, operation.input, &value).expect("a valid request");
        assert_eq!(to_json(operation.input, &value), without_empty_lists(fixture, &name), "{name}");
    }
}

/// EC2's forms have no way to write an empty list: botocore leaves it out.
fn without_empty_lists(mut fixture: Json, operation: &str) -> Json {
    if operation == "DescribeInstanceTypes" {
        fixture["parameters"]["Filters"][0].as_object_mut().unwrap().remove("Values");
    }
    fixture["parameters"].take()
}

#[test]
fn a_form_in_the_query_string_is_read_as_well() {
    let mut request = Request::form("");
    request.query = "Action=DescribeRegions&RegionName.1=us-east-1&Version=2016-11-15&X-Amz-Signature=abc".to_owned();
    let model = service("ec2");
    let protocol = protocol::choose(model, &request.parts());
    let operation = model.operation("DescribeRegions").unwrap();
    let value = protocol::decode(protocol, model, operation, &request.parts()).unwrap();
    assert_eq!(to_json(operation.input, &value), serde_json::json!({ "RegionNames": ["us-east-1"] }));
}
