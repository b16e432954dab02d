//! Values as protocols write them: borrowed from whatever holds them, so that an answer is written without a copy of
//! it. An answer of a thousand instances holds a hundred thousand values.

use bytes::Bytes;
use jiff::Timestamp;

use super::Value;

/// One value, borrowed. The variants are those of [`Value`].
#[derive(Clone, Copy)]
pub enum View<'a> {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(&'a str),
    Blob(&'a Bytes),
    Timestamp(Timestamp),
    List(&'a dyn Sequence),
    Map(&'a dyn Entries),
    Structure(&'a dyn Sequence),
}

/// Something that can be looked at as a value of its schema.
pub trait Show {
    fn view(&self) -> View<'_>;
}

/// The elements of a list, none of which is absent, or the members of a structure in the schema's order.
pub trait Sequence {
    fn each(&self, look: &mut dyn FnMut(Option<View<'_>>));
}

/// The entries of a map.
pub trait Entries {
    fn each(&self, look: &mut dyn FnMut(&str, View<'_>));
}

impl<T: Show> Sequence for Vec<T> {
    fn each(&self, look: &mut dyn FnMut(Option<View<'_>>)) {
        self.iter().for_each(|element| look(Some(element.view())));
    }
}

/// The members of a structure that is a [`Value`].
impl Sequence for Vec<Option<Value>> {
    fn each(&self, look: &mut dyn FnMut(Option<View<'_>>)) {
        self.iter().for_each(|value| look(View::of(value)));
    }
}

impl Entries for Vec<(String, Value)> {
    fn each(&self, look: &mut dyn FnMut(&str, View<'_>)) {
        self.iter().for_each(|(key, value)| look(key, value.view()));
    }
}

impl Show for Value {
    fn view(&self) -> View<'_> {
        match self {
            Self::Boolean(value) => View::Boolean(*value),
            Self::Integer(value) => View::Integer(*value),
            Self::Float(value) => View::Float(*value),
            Self::String(value) => View::String(value),
            Self::Blob(value) => View::Blob(value),
            Self::Timestamp(value) => View::Timestamp(*value),
            Self::List(values) => View::List(values),
            Self::Map(entries) => View::Map(entries),
            Self::Structure(members) => View::Structure(members),
        }
    }
}

impl<'a> View<'a> {
    /// A member of a structure.
    pub fn of<T: Show>(member: &'a Option<T>) -> Option<Self> {
        member.as_ref().map(T::view)
    }

    /// The value on its own.
    pub fn to_value(self) -> Value {
        match self {
            Self::Boolean(value) => Value::Boolean(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Float(value) => Value::Float(value),
            Self::String(value) => Value::String(value.to_owned()),
            Self::Blob(value) => Value::Blob(value.clone()),
            Self::Timestamp(value) => Value::Timestamp(value),
            Self::List(elements) => {
                let mut values = Vec::new();
                elements.each(&mut |element| values.extend(element.map(View::to_value)));
                Value::List(values)
            }
            Self::Map(entries) => {
                let mut values = Vec::new();
                entries.each(&mut |key, value| values.push((key.to_owned(), value.to_value())));
                Value::Map(values)
            }
            Self::Structure(members) => {
                let mut values = Vec::new();
                members.each(&mut |member| values.push(member.map(View::to_value)));
                Value::Structure(values)
            }
        }
    }
}
