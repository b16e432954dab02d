//! AWS Signature Version 4, the receiving side: reads what a request claims ([`Claim`]) and checks that it was
//! signed with the secret that belongs to the claimed access key ([`verify`]). Pure: takes the request, the
//! secret and the time, and touches nothing but a cache of signing keys.
//!
//! Both forms are read: the `Authorization` header, and the presigned form with `X-Amz-Algorithm` and the rest in
//! the query string. A signature may be used again as long as it is current, as AWS allows (clients retry).

mod authorization;
mod canonical;
mod claim;
mod encoding;
mod payload;
mod presigned;
mod rejection;
mod signing_key;
mod time;
mod verify;

#[cfg(test)]
mod tests;

pub use claim::{Claim, Form};
pub use encoding::percent_decode;
pub use rejection::{Reason, Rejection};
pub use signing_key::SigningKeys;
pub use verify::{Rules, Secret, verify};

use http::HeaderMap;

/// The only algorithm that Freehold accepts.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A request as it came over the wire: nothing decoded, nothing normalised.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Path as sent, percent-encoding and all.
    pub path: &'a str,
    /// Query string as sent, without the question mark; empty if there is none.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}
