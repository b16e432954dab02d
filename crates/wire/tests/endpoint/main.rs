//! The endpoint from outside, over real connections: toy operations behind the tables of real services.

mod bounds;
mod harness;
mod identity;
mod routing;
