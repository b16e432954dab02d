//! A member: how a structure, list or map refers to the shape of what is in it, and what each protocol calls it.

use super::Schema;

/// A member of a structure, or the element of a list or map.
#[derive(Debug)]
pub struct Member {
    /// Name in the model and in the error messages: `ImageId`.
    pub name: &'static str,
    /// Name in JSON and XML bodies (`locationName`, else the name): `imageId`.
    pub wire_name: &'static str,
    /// Name in a form: EC2 query has its own (`queryName`, or `locationName` with its first letter in upper case), in
    /// query a flattened list goes by the name of its element.
    pub form_name: &'static str,
    /// Where REST protocols put it.
    pub location: Location,
    pub required: bool,
    /// The elements of this list or map stand in the parent itself, without a wrapper.
    pub flattened: bool,
    /// `timestampFormat` of this member or its shape, where the model overrides the protocol's default.
    pub timestamp: Option<TimestampFormat>,
    /// Tables may refer to themselves: the address of a static needs no value of it.
    pub schema: &'static Schema,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    Body,
    Header,
    /// A map of headers that share a prefix.
    Headers,
    QueryString,
    Uri,
    StatusCode,
    /// The member is the whole body.
    Payload,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    Iso8601,
    Rfc822,
    UnixTimestamp,
}

/// A member by its three names.
pub const fn member(
    name: &'static str,
    wire_name: &'static str,
    form_name: &'static str,
    schema: &'static Schema,
) -> Member {
    Member {
        name,
        wire_name,
        form_name,
        location: Location::Body,
        required: false,
        flattened: false,
        timestamp: None,
        schema,
    }
}

/// The element of a list, or the key or value of a map, by its name on the wire: `item`, `member`, `key`.
pub const fn element(wire_name: &'static str, schema: &'static Schema) -> Member {
    member(wire_name, wire_name, wire_name, schema)
}

impl Member {
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub const fn flattened(mut self) -> Self {
        self.flattened = true;
        self
    }

    pub const fn timestamp(mut self, format: TimestampFormat) -> Self {
        self.timestamp = Some(format);
        self
    }

    pub const fn at(mut self, location: Location) -> Self {
        self.location = location;
        self
    }
}
