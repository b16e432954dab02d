//! nftables rulesets as text, computed from plans: pure functions, so that the same plan always gives the same
//! text and an unchanged one need not be loaded again.
//!
//! A packet that a VPC forwards passes base chains in this order; an `accept` only leads to the next one:
//!
//! | chain | hook, priority | asks |
//! | --- | --- | --- |
//! | `sources` | prerouting, raw | is this the sender's own address? |
//! | `marks` | prerouting, mangle | which route table is the sender's? (where a route leads to an interface) |
//! | `returns` | prerouting, mangle + 1 | whose is the answer to what was sent in a client's name? (balancers only) |
//! | `publish` | prerouting, dstnat | from the world: which private address is meant? |
//! | `routing` | forward, filter - 2 | to or from the world: does the subnet's route table say so? |
//! | `egress` | forward, filter - 1 | does a group of the sender allow it? |
//! | `ingress` | forward, filter | does a group of the receiver allow it? |
//! | `hide` | postrouting, srcnat | to the world: which public address is shown? |
//!
//! Separate base chains instead of one that jumps from senders to receivers: the kernel checks every path
//! through a ruleset when it is loaded, and senders times receivers would be too many.

mod groups;
mod host;
#[cfg(test)]
mod tests;
mod vpc;

pub use groups::decide_for;
pub use host::{host_address, host_ruleset};
pub use vpc::{published_addresses, vpc_ruleset};

use std::fmt::{Display, Write};

/// The name of the table inside a VPC's namespace.
pub const VPC_TABLE: &str = "freehold";

/// A chain with its rules, one a line.
struct Chain {
    name: String,
    rules: Vec<String>,
}

impl Chain {
    fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), rules: Vec::new() }
    }

    /// A chain that the kernel calls by itself.
    fn base(name: &str, kind: &str, hook: &str, priority: &str, policy: &str) -> Self {
        let head = format!("type {kind} hook {hook} priority {priority}; policy {policy};");
        Self { name: name.to_owned(), rules: vec![head] }
    }

    fn rule(&mut self, text: impl Into<String>) -> &mut Self {
        self.rules.push(text.into());
        self
    }
}

/// A whole table, which takes the place of an older one of its name in one transaction.
struct Table {
    name: String,
    body: String,
}

impl Table {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), body: String::new() }
    }

    /// Adds a named set or map.
    fn set(&mut self, kind: &str, name: &str, of: &str, elements: impl IntoIterator<Item = impl Display>) {
        let _ = write!(self.body, "  {kind} {name} {{\n    type {of}\n");
        let elements = list(elements);
        if !elements.is_empty() {
            let _ = writeln!(self.body, "    elements = {{ {elements} }}");
        }
        self.body.push_str("  }\n");
    }

    fn chain(&mut self, chain: &Chain) {
        let _ = writeln!(self.body, "  chain {} {{", chain.name);
        for rule in &chain.rules {
            let _ = writeln!(self.body, "    {rule}");
        }
        self.body.push_str("  }\n");
    }

    fn finish(self) -> String {
        // The empty table is there for `delete` to find on the first load.
        let Self { name, body } = self;
        format!("table ip {name} {{\n}}\ndelete table ip {name}\ntable ip {name} {{\n{body}}}\n")
    }
}

fn list(elements: impl IntoIterator<Item = impl Display>) -> String {
    elements.into_iter().map(|element| element.to_string()).collect::<Vec<_>>().join(", ")
}

/// A rule that picks a chain by the packet's interface; nothing for no interfaces, as the kernel knows no empty
/// anonymous map.
fn dispatch(chain: &mut Chain, selector: &str, targets: impl IntoIterator<Item = (String, String)>) {
    let targets = list(targets.into_iter().map(|(link, target)| format!("\"{link}\" : goto {target}")));
    if !targets.is_empty() {
        chain.rule(format!("{selector} vmap {{ {targets} }}"));
    }
}

/// An id as part of a name in nftables, which allows no dashes.
fn identifier(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
