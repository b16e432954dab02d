//! AWS's protocols: requests in, verified, decoded and checked; answers and errors out, each in the caller's
//! own protocol. Knows no service: what services look like is in tables that `freehold-api` is generated with.

pub mod call;
pub mod error;
pub mod local;
pub mod protocol;
pub mod schema;
pub mod server;
pub mod service;
pub mod sigv4;

pub use call::Call;
pub use error::{Detail, Error, Fault};
pub use local::Local;
pub use service::{Operation, Service};
