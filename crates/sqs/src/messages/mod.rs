//! Messages: what they may be, how they are kept, and how they are shown.

mod attributes;
mod batch;
mod content;
mod digest;
mod name;
mod prepare;
mod show;

pub(crate) use batch::{Batch, failed};
#[cfg(test)]
pub(crate) use content::Content;
pub use content::{Attribute, AttributeValue};
pub use name::{InvalidName, check_attribute_name};
pub(crate) use prepare::{Draft, Message, Prepared, check_id, prepare};
pub(crate) use show::{Wanted, sequence_number, show};
