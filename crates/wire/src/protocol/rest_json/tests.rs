//! The protocol over a service made for it: every place that a member can stand in.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;

use crate::protocol::{self, EncodedResponse, Parts};
use crate::schema::{
    BLOB, BOOLEAN, INTEGER, Kind, Location, Member, STRING, Schema, TIMESTAMP, Value, element, member,
};
use crate::service::{ErrorModel, OperationModel, Protocol, ServiceModel, UnsupportedRoute};
use crate::{Detail, Error, Fault};

static NAME: Schema = Schema::new("Name", Kind::String).min(1).max(5);
static TEXT: Member = element("member", &STRING);
static TEXTS: Schema = Schema::list("Texts", &TEXT);
static TEXT_MAP: Schema = Schema::map("TextMap", &TEXT, &TEXT);
static PUT_MEMBERS: [Member; 9] = [
    member("FunctionName", "FunctionName", "FunctionName", &NAME).at(Location::Uri).required(),
    member("Since", "since", "since", &TIMESTAMP).at(Location::QueryString),
    member("Keys", "tagKeys", "tagKeys", &TEXTS).at(Location::QueryString),
    member("Rest", "Rest", "Rest", &TEXT_MAP).at(Location::QueryString),
    member("Until", "X-Amz-Until", "Until", &TIMESTAMP).at(Location::Header),
    member("Names", "X-Amz-Names", "Names", &TEXTS).at(Location::Header),
    member("Meta", "X-Amz-Meta-", "Meta", &TEXT_MAP).at(Location::Headers),
    member("Size", "size", "Size", &INTEGER),
    member("When", "When", "When", &TIMESTAMP),
];
static PUT: Schema = Schema::structure("PutRequest", &PUT_MEMBERS);
static INVOKE_MEMBERS: [Member; 3] = [
    member("FunctionName", "FunctionName", "FunctionName", &NAME).at(Location::Uri).required(),
    member("Type", "X-Amz-Invocation-Type", "Type", &STRING).at(Location::Header),
    member("Payload", "Payload", "Payload", &BLOB).at(Location::Payload),
];
static INVOKE: Schema = Schema::structure("InvokeRequest", &INVOKE_MEMBERS);
static INVOKED_MEMBERS: [Member; 4] = [
    member("StatusCode", "StatusCode", "StatusCode", &INTEGER).at(Location::StatusCode),
    member("FunctionError", "X-Amz-Function-Error", "FunctionError", &STRING).at(Location::Header),
    member("Meta", "X-Amz-Meta-", "Meta", &TEXT_MAP).at(Location::Headers),
    member("Payload", "Payload", "Payload", &BLOB).at(Location::Payload),
];
static INVOKED: Schema = Schema::structure("InvokeResponse", &INVOKED_MEMBERS);
static BODY_MEMBERS: [Member; 3] = [
    member("Done", "done", "Done", &BOOLEAN),
    member("When", "When", "When", &TIMESTAMP),
    member("Next", "X-Next", "Next", &TIMESTAMP).at(Location::Header),
];
static BODY: Schema = Schema::structure("PutResponse", &BODY_MEMBERS);
static CONFIG_MEMBERS: [Member; 1] = [member("Config", "Config", "Config", &PUT).at(Location::Payload)];
static CONFIG: Schema = Schema::structure("ConfigRequest", &CONFIG_MEMBERS);
static UNIT: Schema = Schema::structure("Unit", &[]);

const fn operation(
    name: &'static str,
    http_method: &'static str,
    http_uri: &'static str,
    http_status: u16,
    input: &'static Schema,
    output: &'static Schema,
) -> OperationModel {
    OperationModel { name, http_method, http_uri, http_status, input, output, result_wrapper: "" }
}

static OPERATIONS: [OperationModel; 6] = [
    operation("Configure", "PUT", "/config", 202, &CONFIG, &UNIT),
    operation("Delete", "DELETE", "/functions/{FunctionName}", 204, &UNIT, &UNIT),
    operation("Invoke", "POST", "/functions/{FunctionName}/invocations", 200, &INVOKE, &INVOKED),
    operation("List", "GET", "/functions", 200, &UNIT, &BODY),
    operation("ListAll", "GET", "/functions?List=ALL", 200, &UNIT, &BODY),
    operation("Put", "PUT", "/functions/{FunctionName}", 201, &PUT, &BODY),
];
static ERRORS: [ErrorModel; 2] = [
    ErrorModel {
        shape: "ResourceNotFoundException",
        query_code: "ResourceNotFoundException",
        status: 404,
        fault: Fault::Sender,
        members: &["Type", "Message"],
    },
    ErrorModel {
        shape: "TooManyRequestsException",
        query_code: "TooManyRequestsException",
        status: 429,
        fault: Fault::Sender,
        members: &["Type", "message", "Reason"],
    },
];
static MODEL: ServiceModel = ServiceModel {
    id: "functions",
    signing_name: "functions",
    api_version: "1",
    protocols: &[Protocol::RestJson],
    target_prefix: "",
    query_compatible: false,
    path_member: "",
    missing: "",
    invalid: "",
    error_detail: false,
    xml_namespace: "",
    operations: &OPERATIONS,
    unsupported: &["Special"],
    unsupported_routes: &[UnsupportedRoute { name: "Special", http_method: "GET", http_uri: "/functions/special" }],
    errors: &ERRORS,
};

struct Asked {
    method: Method,
    path: &'static str,
    query: &'static str,
    headers: HeaderMap,
    body: &'static [u8],
}

impl Asked {
    fn new(method: Method, path: &'static str, query: &'static str, body: &'static [u8]) -> Self {
        Self { method, path, query, headers: HeaderMap::new(), body }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    fn parts(&self) -> Parts<'_> {
        Parts { method: &self.method, path: self.path, query: self.query, headers: &self.headers, body: self.body }
    }

    fn name(&self) -> Option<String> {
        protocol::operation_name(Protocol::RestJson, &MODEL, &self.parts()).map(|name| name.into_owned())
    }

    fn read(&self) -> Result<Vec<Option<Value>>, Error> {
        let operation = MODEL.operation(&self.name().expect("an operation")).expect("one of ours");
        match protocol::decode(Protocol::RestJson, &MODEL, operation, &self.parts())? {
            Value::Structure(values) => Ok(values),
            other => panic!("{other:?} is no structure"),
        }
    }
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn time(text: &str) -> Value {
    Value::Timestamp(text.parse::<Timestamp>().unwrap())
}

fn header<'a>(answer: &'a EncodedResponse, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.to_str().unwrap())
}

#[test]
fn method_path_and_query_say_which_operation() {
    let name = |method, path, query| Asked::new(method, path, query, b"").name();
    assert_eq!(name(Method::GET, "/functions", "").as_deref(), Some("List"));
    assert_eq!(name(Method::GET, "/functions/", "x=y").as_deref(), Some("List"));
    assert_eq!(name(Method::GET, "/functions", "a=b&List=ALL").as_deref(), Some("ListAll"));
    assert_eq!(name(Method::PUT, "/functions/f", "").as_deref(), Some("Put"));
    assert_eq!(name(Method::DELETE, "/functions/f", "").as_deref(), Some("Delete"));
    assert_eq!(name(Method::GET, "/functions/special", "").as_deref(), Some("Special"));
    assert_eq!(name(Method::PATCH, "/functions/f", ""), None);
    assert_eq!(name(Method::GET, "/elsewhere", ""), None);
    let missing = protocol::unknown_operation(Protocol::RestJson, &MODEL, Some("Special"));
    assert_eq!((missing.status, missing.message.as_str()), (404, "Freehold does not have Special yet."));
}

#[test]
fn every_place_is_read() {
    let asked = Asked::new(
        Method::PUT,
        "/functions/a%3Ab%2Fc",
        "since=2026-01-02T03%3A04%3A05Z&tagKeys=a+b&tagKeys=c&free=1",
        br#"{"size": 3, "When": 1767323045, "FunctionName": "not this", "unknown": []}"#,
    )
    .with("x-amz-until", "Fri, 02 Jan 2026 03:04:05 GMT")
    .with("x-amz-names", "a, b")
    .with("x-amz-meta-colour", "blue");
    let then = time("2026-01-02T03:04:05Z");
    let expected = [
        text("a:b/c"),
        then.clone(),
        Value::List(vec![text("a b"), text("c")]),
        Value::Map(vec![("free".to_owned(), text("1"))]),
        then.clone(),
        Value::List(vec![text("a"), text("b")]),
        Value::Map(vec![("colour".to_owned(), text("blue"))]),
        Value::Integer(3),
        then,
    ];
    assert_eq!(asked.read().unwrap(), expected.map(Some));
}

#[test]
fn what_is_not_there_is_none_and_what_is_malformed_is_refused() {
    let bare = Asked::new(Method::PUT, "/functions/f", "", b"").read().unwrap();
    assert_eq!(bare.iter().flatten().count(), 1);
    let malformed = [
        ("/functions/f", "since=yesterday", &b""[..]),
        ("/functions/f", "since=%zz", b""),
        ("/functions/%ff", "", b""),
        ("/functions/f", "", b"{"),
        ("/functions/f", "", br#"{"size": "three"}"#),
    ];
    for (path, query, body) in malformed {
        let error = Asked::new(Method::PUT, path, query, body).read().unwrap_err();
        assert_eq!(error.code, "SerializationException", "{path} {query}");
    }
}

#[test]
fn a_payload_is_the_whole_body() {
    let asked =
        Asked::new(Method::POST, "/functions/f/invocations", "", b"\x00\xff{").with("x-amz-invocation-type", "Event");
    let payload = Value::Blob(bytes::Bytes::from_static(b"\x00\xff{"));
    assert_eq!(asked.read().unwrap(), [Some(text("f")), Some(text("Event")), Some(payload)]);
    let empty = Asked::new(Method::POST, "/functions/f/invocations", "", b"");
    assert_eq!(empty.read().unwrap(), [Some(text("f")), None, None]);
    let structure = Asked::new(Method::PUT, "/config", "", br#"{"size": 7}"#).read().unwrap();
    let Some(Value::Structure(inner)) = &structure[0] else { panic!("{structure:?}") };
    assert_eq!(inner[7], Some(Value::Integer(7)));
}

#[test]
fn constraints_are_told_of_in_the_words_of_the_service() {
    let asked = Asked::new(Method::PUT, "/functions/toolong", "", b"");
    let value = Value::Structure(asked.read().unwrap());
    let error = protocol::check(Protocol::RestJson, &MODEL, &PUT, &value).unwrap_err();
    assert_eq!(error.code, "ValidationException");
    let expected = "1 validation error detected: Value 'toolong' at 'functionName' failed to satisfy constraint: Member \
                    must have length less than or equal to 5";
    assert_eq!(error.message, expected);
}

#[test]
fn an_output_chooses_status_headers_and_body() {
    let invoke = MODEL.operation("Invoke").unwrap();
    let output = Value::Structure(vec![
        Some(Value::Integer(202)),
        Some(text("Unhandled")),
        Some(Value::Map(vec![("Colour".to_owned(), text("blue"))])),
        Some(Value::Blob(bytes::Bytes::from_static(b"null"))),
    ]);
    let answer = protocol::encode_output(Protocol::RestJson, &MODEL, invoke, &output, "id");
    assert_eq!((answer.status, &answer.body[..]), (202, &b"null"[..]));
    assert_eq!(header(&answer, "x-amz-function-error"), Some("Unhandled"));
    assert_eq!(header(&answer, "x-amz-meta-colour"), Some("blue"));
    assert_eq!(header(&answer, "x-amzn-requestid"), Some("id"));
    let nothing = Value::Structure(vec![Some(Value::Integer(204)), None, None, None]);
    let answer = protocol::encode_output(Protocol::RestJson, &MODEL, invoke, &nothing, "id");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[test]
fn what_has_no_place_of_its_own_is_in_the_body() {
    let then = time("2026-01-02T03:04:05Z");
    let put = MODEL.operation("Put").unwrap();
    let output = Value::Structure(vec![Some(Value::Boolean(true)), Some(then.clone()), Some(then)]);
    let answer = protocol::encode_output(Protocol::RestJson, &MODEL, put, &output, "id");
    assert_eq!(answer.status, 201);
    assert_eq!(String::from_utf8_lossy(&answer.body), r#"{"done":true,"When":1767323045.000}"#);
    assert_eq!(header(&answer, "x-next"), Some("Fri, 02 Jan 2026 03:04:05 GMT"));
    assert_eq!(header(&answer, "content-type"), Some("application/json"));
    let delete = MODEL.operation("Delete").unwrap();
    let answer = protocol::encode_output(Protocol::RestJson, &MODEL, delete, &Value::Structure(vec![]), "id");
    assert_eq!((answer.status, answer.body.len(), header(&answer, "content-type")), (204, 0, None));
}

#[test]
fn an_error_is_told_as_its_model_says() {
    let told = |error: &Error| {
        let answer = protocol::encode_error(Protocol::RestJson, Some(&MODEL), error, "id");
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        (answer.status, header(&answer, "x-amzn-errortype").unwrap().to_owned(), body)
    };
    let expected = (404, "ResourceNotFoundException".to_owned(), r#"{"Type":"User","Message":"gone"}"#.to_owned());
    assert_eq!(told(&Error::sender("ResourceNotFoundException", "gone")), expected);
    let (status, code, body) = told(&Error::sender("ValidationException", "1 error"));
    assert_eq!((status, code.as_str(), body.as_str()), (400, "ValidationException", r#"{"message":"1 error"}"#));
    let throttled = Error::sender("TooManyRequestsException", "Rate Exceeded.")
        .with_detail(Detail::Member("Reason", "CallerRateLimitExceeded".to_owned()))
        .with_detail(Detail::Header("retry-after", "1".to_owned()));
    let answer = protocol::encode_error(Protocol::RestJson, Some(&MODEL), &throttled, "id");
    assert_eq!((answer.status, header(&answer, "retry-after")), (429, Some("1")));
    let body = String::from_utf8_lossy(&answer.body);
    assert_eq!(body, r#"{"Type":"User","message":"Rate Exceeded.","Reason":"CallerRateLimitExceeded"}"#);
}
