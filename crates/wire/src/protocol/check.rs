//! Checks values against the constraints of their schemas. One walk finds what is violated and where; each family
//! of services has its own words for it.

mod coral;
mod ec2;
mod missing;
mod path;
mod show;
mod walk;

pub use coral::coral;
pub use ec2::ec2;
pub use missing::missing;

use crate::schema::{Member, Pattern, Value};
use path::Path;

/// One constraint that a value does not satisfy.
struct Violation<'a> {
    path: &'a Path<'a>,
    /// What refers to the value; `None` for the input itself.
    member: &'static Member,
    /// `None` where a required member is missing.
    value: Option<&'a Value>,
    rule: Rule,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    Required,
    LengthAtLeast(i64),
    LengthAtMost(i64),
    ValueAtLeast(i64),
    ValueAtMost(i64),
    OneOf(&'static [&'static str]),
    Matches(&'static Pattern),
}
