//! What the tests of the protocols share: services by name, requests without a connection, values as plain JSON.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod generate;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_wire::protocol::Parts;
use freehold_wire::schema::{Kind, Schema, Value};
use freehold_wire::service::{OperationModel, ServiceModel};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value as Json};

pub const SERVICES: [&ServiceModel; 6] = [
    &freehold_api::ec2::MODEL,
    &freehold_api::iam::MODEL,
    &freehold_api::sns::MODEL,
    &freehold_api::sqs::MODEL,
    &freehold_api::ssm::MODEL,
    &freehold_api::sts::MODEL,
];

pub fn service(id: &str) -> &'static ServiceModel {
    SERVICES.into_iter().find(|model| model.id == id).expect("a service")
}

/// Every operation with its service.
pub fn operations() -> impl Iterator<Item = (&'static ServiceModel, &'static OperationModel)> {
    SERVICES.into_iter().flat_map(|model| model.operations.iter().map(move |operation| (model, operation)))
}

/// A request that owns what [`Parts`] borrows.
pub struct Request {
    pub headers: HeaderMap,
    pub query: String,
    pub body: String,
}

impl Request {
    pub fn form(body: impl Into<String>) -> Self {
        Self { headers: HeaderMap::new(), query: String::new(), body: body.into() }
    }

    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn parts(&self) -> Parts<'_> {
        let (headers, body) = (&self.headers, self.body.as_bytes());
        Parts { method: &Method::POST, path: "/", query: &self.query, headers, body }
    }
}

/// A value by the names of the model, as a botocore user would write it.
pub fn to_json(schema: &Schema, value: &Value) -> Json {
    match (&schema.kind, value) {
        (Kind::Structure { members }, Value::Structure(values)) => {
            let present = members.iter().zip(values).filter_map(|(member, value)| Some((member, value.as_ref()?)));
            Json::Object(
                present.map(|(member, value)| (member.name.to_owned(), to_json(member.schema, value))).collect(),
            )
        }
        (Kind::List { member }, Value::List(values)) => {
            Json::Array(values.iter().map(|value| to_json(member.schema, value)).collect())
        }
        (Kind::Map { value: member, .. }, Value::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), to_json(member.schema, value)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
        (_, Value::Boolean(value)) => (*value).into(),
        (_, Value::Integer(value)) => (*value).into(),
        (_, Value::Float(value)) => (*value).into(),
        (_, Value::String(value)) => value.as_str().into(),
        (_, Value::Blob(value)) => STANDARD.encode(value).into(),
        (_, Value::Timestamp(value)) => value.to_string().into(),
        (kind, value) => panic!("{kind:?} holds {value:?}"),
    }
}
