//! Shapes of AWS's models, as static tables that `freehold-api` is generated with, and the untyped values that
//! protocols read and write by them. A protocol walks a [`Schema`] once in each direction; generated types turn
//! into [`Value`] and back, so that each type is compiled once whatever the number of protocols.

use bytes::Bytes;
use jiff::Timestamp;

/// A shape: what kind of value it is and what a value of it must satisfy.
#[derive(Debug)]
pub struct Schema {
    /// The shape's name in the model.
    pub name: &'static str,
    pub kind: Kind,
    pub constraint: Constraint,
}

#[derive(Debug)]
pub enum Kind {
    Boolean,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    Float,
    Double,
    String,
    Blob,
    Timestamp,
    List {
        member: &'static Member,
        /// The elements stand in the parent itself, without a wrapper.
        flattened: bool,
    },
    Map {
        key: &'static Member,
        value: &'static Member,
        flattened: bool,
    },
    /// Members in the order of the generated struct's fields.
    Structure { members: &'static [Member] },
}

/// What a value must satisfy besides its kind. AWS calls these the model's traits.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Length of a string in characters, of a blob in bytes, of a list or map in elements; value of a number.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// A regular expression that the whole string matches.
    pub pattern: Option<&'static str>,
    /// The values a string may have. Empty: any.
    pub values: &'static [&'static str],
}

/// A member of a structure, or the element of a list or map, and how each protocol names it.
#[derive(Debug)]
pub struct Member {
    /// Name in the model and in the error messages: `ImageId`.
    pub name: &'static str,
    /// Name in JSON and XML bodies (`locationName`, else the name): `imageId`.
    pub wire_name: &'static str,
    /// Name in an EC2 query request (`queryName`, or `locationName` with its first letter in upper case).
    pub ec2_name: &'static str,
    /// Where REST protocols put it.
    pub location: Location,
    pub required: bool,
    /// `timestampFormat` of this member or its shape, where the model overrides the protocol's default.
    pub timestamp: Option<TimestampFormat>,
    /// A function, because shapes may contain themselves.
    pub schema: fn() -> &'static Schema,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    Iso8601,
    Rfc822,
    UnixTimestamp,
}

/// An untyped value of some schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Boolean(bool),
    /// Both widths.
    Integer(i64),
    /// Both widths.
    Float(f64),
    String(String),
    Blob(Bytes),
    Timestamp(Timestamp),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// By position of the member in the schema.
    Structure(Vec<Option<Value>>),
}

/// A generated type: knows its schema and turns into a [`Value`] of it and back. `from_value` may trust that the
/// value was read by the same schema; what does not fit becomes the default.
pub trait Shape: Sized {
    fn schema() -> &'static Schema;
    fn into_value(self) -> Value;
    fn from_value(value: Value) -> Self;
}
