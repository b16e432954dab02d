//! What is stored, and what is kept with it.

pub(crate) mod attribute;

pub(crate) use attribute::{Attribute, Attributes, Value};
