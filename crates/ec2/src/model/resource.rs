//! What all resources with an id and tags have in common, so that lookup, tagging and filters are written once.

use freehold_store::Document;

use super::Tags;

/// A stored resource that users know by an id.
pub trait Resource: Document {
    /// Of its id, without the dash: `i`.
    const PREFIX: &'static str;
    /// In tag specifications and `DescribeTags`: `instance`.
    const TYPE: &'static str;
    /// Before the dot in `InvalidInstanceID.NotFound`.
    const NOT_FOUND: &'static str;
    /// In the sentence *The instance ID 'i-…' does not exist*.
    const NOUN: &'static str;
    /// What is answered to ids that are none.
    const MALFORMED: Malformed;

    fn tags(&self) -> &Tags;
    fn tags_mut(&mut self) -> &mut Tags;
}

/// AWS's services grew apart in how they refuse an id that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// This code, and *Invalid id: "x"*.
    Plain(&'static str),
    /// This code, and *Invalid id: "x" (expecting "sg-...")*.
    Expecting(&'static str),
    /// As one that does not exist.
    NotFound,
}

/// Implements [`Document`] (and [`Resource`]) for a struct with `id`, `account` (and `tags`).
macro_rules! document {
    ($type:ty, $kind:literal $(, |$self:ident| $index:expr)?) => {
        impl freehold_store::Document for $type {
            const KIND: &'static str = $kind;

            fn id(&self) -> &str {
                &self.id
            }

            fn account(&self) -> &str {
                &self.account
            }

            $(fn index(&self) -> [Option<String>; 3] {
                let $self = self;
                $index
            })?
        }
    };
}

macro_rules! resource {
    ($type:ty, $prefix:literal, $name:literal, $code:literal, $noun:literal, $malformed:expr) => {
        impl crate::model::Resource for $type {
            const PREFIX: &'static str = $prefix;
            const TYPE: &'static str = $name;
            const NOT_FOUND: &'static str = $code;
            const NOUN: &'static str = $noun;
            const MALFORMED: crate::model::Malformed = $malformed;

            fn tags(&self) -> &crate::model::Tags {
                &self.tags
            }

            fn tags_mut(&mut self) -> &mut crate::model::Tags {
                &mut self.tags
            }
        }
    };
}

pub(crate) use {document, resource};
