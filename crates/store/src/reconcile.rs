//! The store's own reconcilers.

mod forget_tokens;

pub use forget_tokens::ForgetTokens;
