//! HTTP/1.0 and HTTP/1.1 with clients and targets.

mod body;
mod connection;
mod encode;
mod forward;
mod function;
mod head;
mod respond;
mod status_line;
pub mod tunnel;

pub use body::{Decoder, encode_chunk};
pub use connection::{Scratch, serve};
pub use encode::request as encode_request;
pub use forward::connect;
pub use head::content_length;
pub use status_line::parse as parse_response;
