//! What is stored, and what is asked for.

mod query;

pub(crate) use query::{Measure, Query, Source, check_period, from_dimensions, to_dimensions};
