//! What a member's line in a schema says: its names on the wire, its shape, its traits.

use crate::codegen::service::Context;
use crate::model::{Reference, Shape};

/// A structure's member: `member("ImageId", "imageId", "ImageId", &IMAGE_ID).required()`.
pub fn member(context: &Context<'_>, parent: &Shape, name: &str, reference: &Reference) -> String {
    let wire = reference.location_name.as_deref().unwrap_or(name);
    let form = form_name(context, name, reference);
    let mut text = format!("member({name:?}, {wire:?}, {form:?}, {})", context.schema(&reference.shape));
    text += &traits(context, reference);
    if parent.required.iter().any(|required| required == name) {
        text += ".required()";
    }
    if parent.payload.as_deref() == Some(name) {
        text += ".at(Location::Payload)";
    }
    text
}

/// The element of a list, or the key or value of a map: `element("item", &TAG)`.
pub fn element(context: &Context<'_>, reference: &Reference, default: &str) -> String {
    let wire = reference.location_name.as_deref().unwrap_or(default);
    format!("element({wire:?}, {}){}", context.schema(&reference.shape), traits(context, reference))
}

fn traits(context: &Context<'_>, reference: &Reference) -> String {
    let mut text = String::new();
    let shape = context.shape(&reference.shape);
    if reference.flattened || shape.flattened {
        text += ".flattened()";
    }
    let location = match reference.location.as_deref() {
        Some("header") => "Header",
        Some("headers") => "Headers",
        Some("querystring") => "QueryString",
        Some("uri") => "Uri",
        Some("statusCode") => "StatusCode",
        _ => "",
    };
    if !location.is_empty() {
        text += &format!(".at(Location::{location})");
    }
    let format = match reference.timestamp_format.as_deref().or(shape.timestamp_format.as_deref()) {
        Some("iso8601") => "Iso8601",
        Some("rfc822") => "Rfc822",
        Some("unixTimestamp") => "UnixTimestamp",
        _ => "",
    };
    if !format.is_empty() {
        text += &format!(".timestamp(TimestampFormat::{format})");
    }
    text
}

/// EC2 query has names of its own. In query, a flattened list goes by its element's name.
fn form_name(context: &Context<'_>, name: &str, reference: &Reference) -> String {
    let shape = context.shape(&reference.shape);
    let own = reference.location_name.as_deref();
    if context.is_ec2() {
        let capitalised = own.map(capitalise);
        return reference.query_name.clone().or(capitalised).unwrap_or_else(|| name.to_owned());
    }
    if let Some(name) = &reference.query_name {
        return name.clone();
    }
    let flattened = reference.flattened || shape.flattened;
    let element = shape.member.as_ref().filter(|_| flattened).and_then(|member| member.location_name.as_deref());
    element.or(own).unwrap_or(name).to_owned()
}

fn capitalise(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().iter().flat_map(|first| first.to_uppercase()).chain(letters).collect()
}
