//! Tags of functions, event source mappings and code signing configurations.

mod list_tags;
mod tag_resource;
mod untag_resource;

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::lambda::op;
use freehold_core::tags::{self, Tags};
use freehold_store::{Tx, TxExt};
use freehold_wire::{Call, Service};

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::Reader;
use crate::model::{CodeSigningConfig, Function, Mapping};
use crate::names::FunctionName;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service.on(op::ListTags, lambda, list_tags::list_tags).on(op::TagResource, lambda, tag_resource::tag_resource).on(
        op::UntagResource,
        lambda,
        untag_resource::untag_resource,
    )
}

/// Tags of a request, as those of something new.
pub(super) fn checked(tags: BTreeMap<String, String>) -> Result<Tags, Error> {
    merged(&Tags::new(), &tags)
}

fn merged(present: &Tags, added: &BTreeMap<String, String>) -> Result<Tags, Error> {
    let pairs = added.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    tags::merge(present, pairs).map_err(|error| Error::invalid(error.to_string()))
}

/// What can have tags.
enum Tagged {
    Function(Function),
    Mapping(Mapping),
    Config(CodeSigningConfig),
}

impl Tagged {
    fn find(mut from: impl Reader, call: &Call, arn: &str) -> Result<Self, Error> {
        let missing = || Error::NotFound(format!("Resource not found: {arn}"));
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
        if let Some(id) = resource.strip_prefix("event-source-mapping:") {
            let found = from.read::<Mapping>(id)?.filter(|mapping| mapping.account == call.account());
            return found.map(Self::Mapping).ok_or_else(missing);
        }
        if resource.starts_with("code-signing-config:") {
            return from.read::<CodeSigningConfig>(arn)?.map(Self::Config).ok_or_else(missing);
        }
        let name = FunctionName::read(call, Some(arn), None)?;
        if name.qualifier.is_some() {
            return Err(Error::invalid(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            ));
        }
        crate::lookup::function(from, &name).map(Self::Function)
    }

    fn tags(&mut self) -> &mut Tags {
        match self {
            Self::Function(function) => &mut function.tags,
            Self::Mapping(mapping) => &mut mapping.tags,
            Self::Config(config) => &mut config.tags,
        }
    }

    fn put(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        match self {
            Self::Function(function) => Ok(tx.put(function)?),
            Self::Mapping(mapping) => Ok(tx.put(mapping)?),
            Self::Config(config) => Ok(tx.put(config)?),
        }
    }
}
