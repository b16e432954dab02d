//! Untyped values: what protocols read into.

use bytes::Bytes;
use jiff::Timestamp;

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
