//! Policies: JSON documents that allow and forbid, and the pure function that decides by them.
//!
//! The rule of all evaluation (*IAM user guide, Policy evaluation logic*): a statement that denies wins over any that
//! allow, and what nothing allows is denied.

mod condition;
mod context;
mod document;
mod evaluate;
mod labelled;
mod pattern;
mod principal;
mod values;

#[cfg(test)]
mod tests;

pub use context::Context;
pub use document::{Kind, Malformed, Policy};
pub use evaluate::{Decision, Question, evaluate};
pub use labelled::{Labelled, is_label};
