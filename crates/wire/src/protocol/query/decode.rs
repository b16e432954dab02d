//! A form into the input of an operation.

use super::dialect::Dialect;
use super::node::{self, Node, Parameter};
use crate::Error;
use crate::protocol::{Parts, form};
use crate::schema::{Schema, Value};

/// Parameters that one request may have. Each may make a structure of dozens of members, so that a form of a
/// megabyte could otherwise fill a hundred; the largest that clients send have a few thousand.
const MOST: usize = 10_000;

pub fn decode(dialect: Dialect, schema: &'static Schema, parts: &Parts<'_>) -> Result<Value, Error> {
    let members = schema.members();
    let mut nodes: Vec<Option<Node>> = std::iter::repeat_with(|| None).take(members.len()).collect();
    for (count, pair) in form::pairs(parts).map_err(|_| dialect.malformed())?.enumerate() {
        if count == MOST {
            return Err(dialect.too_many(MOST));
        }
        let (name, value) = pair.map_err(|_| dialect.malformed())?;
        if !is_protocol(&name) {
            let parameter = Parameter { dialect, name: &name, value: &value };
            node::insert(&parameter, members, &mut nodes, &name, 0)?;
        }
    }
    Ok(Node::Structure(nodes).into_value())
}

/// Parameters of the protocol itself and of signatures in a query string, of both versions.
fn is_protocol(name: &str) -> bool {
    let known = ["Action", "Version", "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion"];
    known.contains(&name) || name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("X-Amz-"))
}
