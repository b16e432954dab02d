//! One service: its module with the model's table, and what the other generators ask about its shapes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::codegen::{Files, HEADER, names, operations, schemas, types};
use crate::model::{Model, Shape};

/// A service's model, and the names that its shapes have in Rust.
pub struct Context<'a> {
    pub service: &'a str,
    pub model: &'a Model,
    statics: BTreeMap<&'a str, String>,
    /// What inputs and outputs reach: errors have no types of their own.
    reached: BTreeSet<&'a str>,
}

impl<'a> Context<'a> {
    fn new(service: &'a str, model: &'a Model) -> Result<Self> {
        let mut reached = BTreeSet::new();
        let operations = model.operations.values();
        let mut waiting: Vec<&str> =
            operations.flat_map(|it| it.input.iter().chain(&it.output)).map(|it| it.shape.as_str()).collect();
        while let Some(name) = waiting.pop() {
            let Some(shape) = model.shapes.get(name) else { bail!("no shape {name}") };
            if reached.insert(name) {
                waiting.extend(shape.references().map(|reference| reference.shape.as_str()));
            }
        }
        let statics = names::statics(reached.iter().copied());
        Ok(Self { service, model, statics, reached })
    }

    pub fn is_ec2(&self) -> bool {
        self.model.metadata.protocol == "ec2"
    }

    /// Every shape of [`Context::reached`] is there: `new` looked.
    pub fn shape(&self, name: &str) -> &'a Shape {
        &self.model.shapes[name]
    }

    pub fn reached(&self) -> impl Iterator<Item = (&'a str, &'a Shape)> {
        self.reached.iter().map(|name| (*name, self.shape(name)))
    }

    pub fn static_name(&self, shape: &str) -> &str {
        &self.statics[shape]
    }

    /// Whether some shape's schema has this name.
    pub fn has_static(&self, name: &str) -> bool {
        self.statics.values().any(|other| other == name)
    }

    /// A scalar that the shared schemas describe.
    pub fn is_plain(&self, shape: &Shape) -> bool {
        let compound = matches!(shape.kind.as_str(), "structure" | "list" | "map");
        let bounded = shape.min.is_some() || shape.max.is_some() || shape.pattern.is_some();
        !compound && !bounded && shape.values.is_empty() && !shape.sensitive
    }

    /// A reference to a shape's schema.
    pub fn schema(&self, name: &str) -> String {
        let shape = self.shape(name);
        if self.is_plain(shape) {
            format!("&{}", types::kind(shape).to_uppercase())
        } else {
            format!("&{}", self.static_name(name))
        }
    }
}

pub fn generate(service: &str, model: &Model, files: &mut Files) -> Result<()> {
    let context = Context::new(service, model)?;
    types::generate(&context, files)?;
    schemas::generate(&context, files);
    operations::generate(&context, files);
    let text = module(&context)?;
    files.insert(format!("{service}/mod.rs").into(), text);
    Ok(())
}

fn module(context: &Context<'_>) -> Result<String> {
    let metadata = &context.model.metadata;
    let mut protocols = Vec::new();
    let named =
        if metadata.protocols.is_empty() { std::slice::from_ref(&metadata.protocol) } else { &metadata.protocols };
    for protocol in named {
        protocols.push(match (protocol.as_str(), metadata.json_version.as_deref()) {
            ("ec2", _) => "Protocol::Ec2",
            ("query", _) => "Protocol::Query",
            ("json", Some("1.1")) => "Protocol::Json11",
            ("json", _) => "Protocol::Json10",
            ("rest-json", _) => "Protocol::RestJson",
            ("smithy-rpc-v2-cbor", _) => "Protocol::RpcV2Cbor",
            (other, _) => bail!("protocol {other} is not known"),
        });
    }
    let service = context.service;
    let signing = metadata.signing_name.as_deref().unwrap_or(&metadata.endpoint_prefix);
    Ok(format!(
        "{HEADER}//! {}, version {}.\n\n\
         pub mod op;\nmod schemas;\nmod types;\n\n\
         #[allow(unused_imports)]\nuse freehold_wire::Fault;\n#[allow(unused_imports)]\nuse freehold_wire::service::{{ErrorModel, UnsupportedRoute}};\n\
         use freehold_wire::service::{{Protocol, ServiceModel}};\n\npub use types::*;\n\n\
         pub static MODEL: ServiceModel = ServiceModel {{\n    id: {service:?},\n    signing_name: {signing:?},\n    \
         api_version: {:?},\n    protocols: &[{}],\n    target_prefix: {:?},\n    query_compatible: {},\n    \
         path_member: {:?},\n    missing: {:?},\n    invalid: {:?},\n    error_detail: {},\n    xml_namespace: {:?},\n    operations: &op::OPERATIONS,\n    unsupported: &[\n{}    ],\n    unsupported_routes: &[{}],\n    errors: &[\n{}    ],\n}};\n",
        metadata.service_id,
        metadata.api_version,
        metadata.api_version,
        protocols.join(", "),
        metadata.target_prefix.as_deref().unwrap_or_default(),
        metadata.aws_query_compatible.is_some(),
        metadata.path_member.as_deref().unwrap_or_default(),
        metadata.missing.as_deref().unwrap_or_default(),
        metadata.invalid.as_deref().unwrap_or_default(),
        metadata.error_detail,
        metadata.xml_namespace.as_deref().unwrap_or_default(),
        schemas::lines(&context.model.unsupported, 8),
        unsupported_routes(context.model),
        errors(context.model),
    ))
}

/// The errors whose code or status is not what their name says.
fn errors(model: &Model) -> String {
    let mut text = String::new();
    for (name, shape) in model.shapes.iter().filter(|(_, shape)| shape.exception) {
        let error = shape.error.as_ref();
        let code = error.and_then(|error| error.code.as_deref()).unwrap_or(name);
        let default = if shape.fault { 500 } else { 400 };
        let status = error.and_then(|error| error.http_status_code).unwrap_or(default);
        let fault = if shape.fault || status >= 500 { "Receiver" } else { "Sender" };
        text += &format!(
            "        ErrorModel {{ shape: {name:?}, query_code: {code:?}, status: {status}, fault: Fault::{fault}, members: &[{}] }},\n",
            error_members(model, shape),
        );
    }
    text
}

/// What the body of an error has in REST protocols: services differ about `Message` and `Type`.
fn error_members(model: &Model, shape: &Shape) -> String {
    if !is_rest(model) {
        return String::new();
    }
    let body = shape.members.iter().filter(|(_, member)| member.location.is_none());
    let names = body.map(|(name, member)| format!("{:?}", member.location_name.as_ref().unwrap_or(name)));
    names.collect::<Vec<_>>().join(", ")
}

/// How REST protocols ask for what Freehold does not have.
fn unsupported_routes(model: &Model) -> String {
    let mut text = String::new();
    for (name, http) in &model.unsupported_routes {
        text += &format!(
            "\n        UnsupportedRoute {{ name: {name:?}, http_method: {:?}, http_uri: {:?} }},",
            http.method, http.request_uri
        );
    }
    if !text.is_empty() {
        text += "\n    ";
    }
    text
}

fn is_rest(model: &Model) -> bool {
    model.metadata.protocol.starts_with("rest")
}
