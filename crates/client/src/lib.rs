//! A small client of a region, for the demo and the bench: plain HTTP/1.1, AWS's query protocols and JSON 1.1,
//! signature version 4. It shares no code with the server, so that each checks the other.

pub mod http1;
pub mod json;
pub mod query;
pub mod sign;
pub mod xml;

pub use http1::{Connection, get_json, post_json, post_text};
pub use query::{Api, Client, Refusal};
pub use sign::Credentials;
pub use xml::Element;
