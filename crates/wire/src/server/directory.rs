//! Which service a request is for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::protocol::{self, Parts};
use crate::service::{OperationModel, Protocol, ServiceModel};
use crate::sigv4::percent_decode;
use crate::{Error, Service};

/// A service and what the server keeps with it.
pub(super) struct Mounted {
    pub service: Arc<Service>,
    /// The operations that can be called, by name.
    pub operations: HashMap<&'static str, &'static OperationModel>,
    pub body_bytes: usize,
}

/// All services of a server.
pub(super) struct Directory {
    services: Vec<Mounted>,
    default_body_bytes: usize,
}

impl Directory {
    pub(super) fn new(services: Vec<(Arc<Service>, Option<usize>)>, default_body_bytes: usize) -> Self {
        let mounted = |(service, body_bytes): (Arc<Service>, Option<usize>)| {
            let mut operations: HashMap<_, _> =
                service.model.operations.iter().map(|operation| (operation.name, operation)).collect();
            let implemented: Vec<_> = service.implemented().collect();
            operations.retain(|name, _| implemented.contains(name));
            Mounted { service, operations, body_bytes: body_bytes.unwrap_or(default_body_bytes) }
        };
        Self { services: services.into_iter().map(mounted).collect(), default_body_bytes }
    }

    /// Most that the body of a request signed for `signing_name` may have.
    pub(super) fn body_bytes(&self, signing_name: Option<&str>) -> usize {
        let limits = self.services.iter().filter(|mounted| Some(mounted.service.model.signing_name) == signing_name);
        limits.map(|mounted| mounted.body_bytes).max().unwrap_or(self.default_body_bytes)
    }

    /// The service and the operation that a request by GET asks for, if that operation needs no signature.
    pub(super) fn find_unsigned(&self, parts: &Parts<'_>) -> Option<(&Mounted, &'static OperationModel)> {
        if parts.method != http::Method::GET {
            return None;
        }
        let action = form_value(parts, "Action")?;
        let mounted = self.services.iter().find(|mounted| mounted.service.is_unsigned(&action))?;
        Some((mounted, mounted.operations.get(&*action)?))
    }

    /// The service that `X-Amz-Target` or the path of a request in CBOR names, else the one that the request was signed
    /// for, else the one whose `Version` the request asks for, or one that has such a path. Few services: a list is searched faster than a table.
    pub(super) fn find(&self, parts: &Parts<'_>, signing_name: Option<&str>) -> Option<&Mounted> {
        let by_path = || protocol::cbor_target(parts.path).filter(|_| protocol::is_cbor(parts));
        let by_header = parts.header("x-amz-target").and_then(|target| target.rsplit_once('.'));
        if let Some((prefix, _)) = by_header.or_else(by_path) {
            return self.services.iter().find(|mounted| {
                !mounted.service.model.target_prefix.is_empty() && mounted.service.model.target_prefix == prefix
            });
        }
        let mut signed =
            self.services.iter().filter(|mounted| Some(mounted.service.model.signing_name) == signing_name);
        match (signed.next(), signed.next()) {
            (Some(only), None) => return Some(only),
            (None, _) if signing_name.is_some() => return None,
            _ => {}
        }
        let Some(version) = form_value(parts, "Version") else {
            return self.services.iter().find(|mounted| {
                signing_name.is_none_or(|name| name == mounted.service.model.signing_name)
                    && mounted.service.model.protocols.contains(&Protocol::RestJson)
                    && protocol::is_route(mounted.service.model, parts)
            });
        };
        self.services.iter().find(|mounted| {
            signing_name.is_none_or(|name| name == mounted.service.model.signing_name)
                && mounted.service.model.api_version == version
        })
    }
}

/// The protocol to answer in where no service was found.
pub(super) fn guess_protocol(parts: &Parts<'_>) -> Protocol {
    let content_type = parts.header("content-type").unwrap_or_default();
    if protocol::is_cbor(parts) {
        Protocol::RpcV2Cbor
    } else if content_type.starts_with("application/x-amz-json-1.0") {
        Protocol::Json10
    } else if parts.headers.contains_key("x-amz-target") || content_type.starts_with("application/x-amz-json") {
        Protocol::Json11
    } else if content_type.starts_with("application/json") {
        Protocol::RestJson
    } else {
        Protocol::Query
    }
}

/// Refuses a `Version` that the service does not have. EC2 still answers to older ones; without any, clients mean
/// whatever there is.
pub(super) fn check_version(protocol: Protocol, model: &ServiceModel, parts: &Parts<'_>) -> Result<(), Error> {
    if !matches!(protocol, Protocol::Ec2 | Protocol::Query) {
        return Ok(());
    }
    let is_there = |version: &str| match protocol {
        Protocol::Ec2 => version.parse::<jiff::civil::Date>().is_ok() && version <= model.api_version,
        _ => version == model.api_version,
    };
    match form_value(parts, "Version") {
        Some(version) if version != model.api_version && !is_there(&version) => Err(Error::sender(
            "NoSuchVersion",
            format!("The requested version ({version}) of service {} does not exist.", model.id),
        )),
        _ => Ok(()),
    }
}

/// The value of a parameter in the query string or in a form body.
fn form_value(parts: &Parts<'_>, name: &str) -> Option<String> {
    let form = std::str::from_utf8(parts.body).unwrap_or_default();
    let mut pairs = parts.query.split('&').chain(form.split('&')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| percent_decode(value).into_owned())
}
