//! What IAM does by itself.

mod forget_expired;

pub use forget_expired::ForgetExpired;
