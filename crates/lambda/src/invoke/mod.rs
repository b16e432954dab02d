//! Invocations: which version, whether one more may run, the run itself, and what waits for its turn.

mod answer;
mod concurrency;
mod credentials;
pub(crate) mod destinations;
mod dispatch;
mod event;
pub(crate) mod lineage;
mod measure;
mod resolve;
mod run;
mod target;
mod waiting;

pub(crate) use concurrency::{ACCOUNT_LIMIT, Permit, Running, UNRESERVED_MINIMUM};
pub(crate) use dispatch::{Dispatchers, settings};
pub(crate) use event::Event;

pub(crate) use resolve::Resolved;
pub(crate) use run::{Invocation, check_context, check_payload, failure_of};

/// Bytes of what a caller sends who waits, and of what nobody waits for (*Developer guide, Lambda quotas: Invocation
/// payload*).
pub(crate) const MOST_SYNCHRONOUS: usize = 6 << 20;
pub(crate) const MOST_ASYNCHRONOUS: usize = 1 << 20;

/// What runs functions is, to those whose roles it assumes.
pub(crate) const PRINCIPAL: &str = "lambda.amazonaws.com";
#[cfg(test)]
pub(crate) use answer::tests;
pub use target::FunctionTarget;
