//! A form into the input of an operation.

use super::dialect::Dialect;
use super::node::{self, Node, Parameter};
use crate::Error;
use crate::protocol::{Parts, form};
use crate::schema::{Schema, Value};

pub fn decode(dialect: Dialect, schema: &'static Schema, parts: &Parts<'_>) -> Result<Value, Error> {
    let members = schema.members();
    let mut nodes: Vec<Option<Node>> = std::iter::repeat_with(|| None).take(members.len()).collect();
    for pair in form::pairs(parts).map_err(|_| dialect.malformed())? {
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
