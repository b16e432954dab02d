//! Generated types from values, and as values. Everything here is small on purpose: it is compiled once per type.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use super::view::{Entries, Sequence, Show, View};
use super::{Schema, Value};

/// Something that can be made from a [`Value`] and looked at as one: scalars, lists, maps, generated types.
pub trait Convert: Show + Sized {
    /// `None` if the value is of another kind, which a value that was read by the right schema never is.
    fn from_value(value: Value) -> Option<Self>;

    /// The value on its own. Answers are written without ([`Show::view`]).
    fn into_value(self) -> Value {
        self.view().to_value()
    }
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

impl Sequence for Unit {
    fn each(&self, _: &mut dyn FnMut(Option<View<'_>>)) {}
}

impl Show for Unit {
    fn view(&self) -> View<'_> {
        View::Structure(self)
    }
}

impl Convert for Unit {
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

macro_rules! scalar {
    ($type:ty, $variant:ident, $view:expr, $from:expr) => {
        impl Show for $type {
            fn view(&self) -> View<'_> {
                View::$variant($view(self))
            }
        }

        impl Convert for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => $from(value),
                    _ => None,
                }
            }
        }
    };
}

scalar!(bool, Boolean, bool::clone, Some);
scalar!(i32, Integer, |value: &i32| i64::from(*value), |value: i64| value.try_into().ok());
scalar!(i64, Integer, i64::clone, Some);
scalar!(f32, Float, |value: &f32| f64::from(*value), |value: f64| Some(value as f32));
scalar!(f64, Float, f64::clone, Some);
scalar!(String, String, String::as_str, Some);
scalar!(Bytes, Blob, std::convert::identity, Some);
scalar!(Timestamp, Timestamp, Timestamp::clone, Some);

impl<T: Convert> Show for Vec<T> {
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Convert> Convert for Vec<T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(elements) => Some(elements.into_iter().filter_map(T::from_value).collect()),
            _ => None,
        }
    }
}

impl<T: Convert> Entries for BTreeMap<String, T> {
    fn each(&self, look: &mut dyn FnMut(&str, View<'_>)) {
        self.iter().for_each(|(key, value)| look(key, value.view()));
    }
}

impl<T: Convert> Show for BTreeMap<String, T> {
    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

impl<T: Convert> Convert for BTreeMap<String, T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Map(entries) => {
                Some(entries.into_iter().filter_map(|(key, value)| Some((key, T::from_value(value)?))).collect())
            }
            _ => None,
        }
    }
}

impl<T: Convert> Show for Box<T> {
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: Convert> Convert for Box<T> {
    fn from_value(value: Value) -> Option<Self> {
        T::from_value(value).map(Box::new)
    }
}
