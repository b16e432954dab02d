//! Function URLs.

mod create_function_url_config;
mod delete_function_url_config;
mod get_function_url_config;
mod list_function_url_configs;
mod update_function_url_config;

use std::sync::Arc;

use freehold_api::lambda::{Cors as WireCors, GetFunctionUrlConfigResponse, op};
use freehold_wire::{Call, Service};

use crate::Lambda;
use crate::errors::Error;
use crate::lookup::{self, Reader};
use crate::model::{Cors, FunctionUrl, iso};
use crate::names::{FunctionName, is_version};
use crate::urls;

pub(super) fn register(service: Service, lambda: &Arc<Lambda>) -> Service {
    service
        .on(op::CreateFunctionUrlConfig, lambda, create_function_url_config::create_function_url_config)
        .on(op::DeleteFunctionUrlConfig, lambda, delete_function_url_config::delete_function_url_config)
        .on(op::GetFunctionUrlConfig, lambda, get_function_url_config::get_function_url_config)
        .on(op::ListFunctionUrlConfigs, lambda, list_function_url_configs::list_function_url_configs)
        .on(op::UpdateFunctionUrlConfig, lambda, update_function_url_config::update_function_url_config)
}

/// A function or one of its aliases; versions have no addresses.
fn named(call: &Call, function: Option<&str>, qualifier: Option<&str>) -> Result<FunctionName, Error> {
    let name = FunctionName::read(call, function, qualifier)?;
    match name.qualifier.as_deref() {
        Some(qualifier) if is_version(qualifier) => Err(Error::Validation {
            member: "qualifier",
            value: qualifier.to_owned(),
            constraint: r"Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)".into(),
        }),
        _ => Ok(name),
    }
}

fn find(mut from: impl Reader, name: &FunctionName) -> Result<FunctionUrl, Error> {
    from.read::<FunctionUrl>(&name.qualified_arn())?.ok_or_else(Error::no_resource)
}

/// That the function is there, and the alias.
fn check(lambda: &Lambda, name: &FunctionName) -> Result<(), Error> {
    lookup::qualified(&lambda.store, name).map(drop)
}

fn cors(wanted: Option<WireCors>) -> Option<Cors> {
    let wanted = wanted?;
    let cors = Cors {
        credentials: wanted.allow_credentials,
        headers: wanted.allow_headers.unwrap_or_default(),
        methods: wanted.allow_methods.unwrap_or_default(),
        origins: wanted.allow_origins.unwrap_or_default(),
        exposed: wanted.expose_headers.unwrap_or_default(),
        max_age: wanted.max_age,
    };
    // An empty one takes the configuration away.
    (cors != Cors::default()).then_some(cors)
}

fn view_cors(cors: Cors) -> WireCors {
    let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
    WireCors {
        allow_credentials: cors.credentials,
        allow_headers: some(cors.headers),
        allow_methods: some(cors.methods),
        allow_origins: some(cors.origins),
        expose_headers: some(cors.exposed),
        max_age: cors.max_age,
    }
}

fn view(call: &Call, url: FunctionUrl) -> GetFunctionUrlConfigResponse {
    GetFunctionUrlConfigResponse {
        function_url: Some(urls::address(&call.endpoint, &url.host)),
        function_arn: Some(url.arn),
        auth_type: Some(url.auth.name().into()),
        cors: url.cors.map(view_cors),
        creation_time: Some(iso(url.created)),
        last_modified_time: Some(iso(url.modified)),
        invoke_mode: Some(url.mode.name().into()),
    }
}
