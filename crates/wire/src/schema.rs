//! Shapes of AWS's models, as static tables that `freehold-api` is generated with, and the untyped values that
//! protocols read and write by them. A protocol walks a [`Schema`] once in each direction; generated types are made
//! from a [`Value`] and looked at through a [`View`], so that each type is compiled once whatever the number of
//! protocols.

mod convert;
mod member;
mod pattern;
mod scalar;
mod value;
mod view;

pub use convert::{Convert, Fields, Shape, Unit};
pub use member::{Location, Member, TimestampFormat, element, member};
pub use pattern::Pattern;
pub use scalar::{BLOB, BOOLEAN, DOUBLE, FLOAT, INTEGER, LONG, STRING, TIMESTAMP};
pub use value::Value;
pub use view::{Entries, Sequence, Show, View};

/// A shape: what kind of value it is and what a value of it must satisfy.
#[derive(Debug)]
pub struct Schema {
    /// The shape's name in the model.
    pub name: &'static str,
    pub kind: Kind,
    pub constraint: Constraint,
    /// Passwords and the like: never repeated in messages.
    pub sensitive: bool,
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
    },
    /// Keys are strings.
    Map {
        key: &'static Member,
        value: &'static Member,
    },
    /// Members in the order of the generated struct's fields.
    Structure {
        members: &'static [Member],
    },
}

/// What a value must satisfy besides its kind. AWS calls these the model's traits.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Length of a string in characters, of a blob in bytes, of a list or map in elements; value of a number.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// A regular expression that the whole string matches.
    pub pattern: Option<&'static Pattern>,
    /// The values a string may have, sorted. Empty: any.
    pub values: &'static [&'static str],
}

impl Constraint {
    pub const NONE: Self = Self { min: None, max: None, pattern: None, values: &[] };

    /// Whether every value satisfies it.
    pub const fn is_none(&self) -> bool {
        self.min.is_none() && self.max.is_none() && self.pattern.is_none() && self.values.is_empty()
    }
}

impl Schema {
    /// A shape without constraints.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, constraint: Constraint::NONE, sensitive: false }
    }

    /// A structure; members in the order of the generated struct's fields.
    pub const fn structure(name: &'static str, members: &'static [Member]) -> Self {
        Self::new(name, Kind::Structure { members })
    }

    pub const fn list(name: &'static str, member: &'static Member) -> Self {
        Self::new(name, Kind::List { member })
    }

    pub const fn map(name: &'static str, key: &'static Member, value: &'static Member) -> Self {
        Self::new(name, Kind::Map { key, value })
    }

    pub const fn min(mut self, min: i64) -> Self {
        self.constraint.min = Some(min);
        self
    }

    pub const fn max(mut self, max: i64) -> Self {
        self.constraint.max = Some(max);
        self
    }

    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.constraint.pattern = Some(pattern);
        self
    }

    pub const fn values(mut self, values: &'static [&'static str]) -> Self {
        self.constraint.values = values;
        self
    }

    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The members of a structure; none for other kinds.
    pub const fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure { members } => members,
            _ => &[],
        }
    }
}
