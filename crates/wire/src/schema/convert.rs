//! Generated types into values and back. Everything here is small on purpose: it is compiled once per type.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Schema, Value};

/// Something that turns into a [`Value`] and back: scalars, lists, maps, generated types.
pub trait Convert: Sized {
    fn into_value(self) -> Value;
    /// `None` if the value is of another kind, which a value that was read by the right schema never is.
    fn from_value(value: Value) -> Option<Self>;
}

/// A generated structure: knows its schema.
pub trait Shape: Convert + Default {
    fn schema() -> &'static Schema;
}

/// The input or output of operations that have none in the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unit;

static UNIT: Schema = Schema::structure("Unit", &[]);

impl Shape for Unit {
    fn schema() -> &'static Schema {
        &UNIT
    }
}

impl Convert for Unit {
    fn into_value(self) -> Value {
        Value::Structure(Vec::new())
    }

    fn from_value(_: Value) -> Option<Self> {
        Some(Self)
    }
}

/// The members of a structure, taken in order.
pub struct Fields(std::vec::IntoIter<Option<Value>>);

impl Fields {
    pub fn new(value: Value) -> Option<Self> {
        match value {
            Value::Structure(members) => Some(Self(members.into_iter())),
            _ => None,
        }
    }

    /// The next member.
    pub fn take<T: Convert>(&mut self) -> Option<T> {
        self.0.next().flatten().and_then(T::from_value)
    }
}

/// A member of a structure as a value.
pub fn field<T: Convert>(member: Option<T>) -> Option<Value> {
    member.map(T::into_value)
}

macro_rules! scalar {
    ($type:ty, $variant:ident, $into:expr, $from:expr) => {
        impl Convert for $type {
            fn into_value(self) -> Value {
                Value::$variant($into(self))
            }

            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => $from(value),
                    _ => None,
                }
            }
        }
    };
}

scalar!(bool, Boolean, std::convert::identity, Some);
scalar!(i32, Integer, i64::from, |value: i64| value.try_into().ok());
scalar!(i64, Integer, std::convert::identity, Some);
scalar!(f32, Float, f64::from, |value: f64| Some(value as f32));
scalar!(f64, Float, std::convert::identity, Some);
scalar!(String, String, std::convert::identity, Some);
scalar!(Bytes, Blob, std::convert::identity, Some);
scalar!(Timestamp, Timestamp, std::convert::identity, Some);

impl<T: Convert> Convert for Vec<T> {
    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(elements) => Some(elements.into_iter().filter_map(T::from_value).collect()),
            _ => None,
        }
    }
}

impl<T: Convert> Convert for BTreeMap<String, T> {
    fn into_value(self) -> Value {
        Value::Map(self.into_iter().map(|(key, value)| (key, value.into_value())).collect())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Map(entries) => {
                Some(entries.into_iter().filter_map(|(key, value)| Some((key, T::from_value(value)?))).collect())
            }
            _ => None,
        }
    }
}

impl<T: Convert> Convert for Box<T> {
    fn into_value(self) -> Value {
        (*self).into_value()
    }

    fn from_value(value: Value) -> Option<Self> {
        T::from_value(value).map(Box::new)
    }
}
