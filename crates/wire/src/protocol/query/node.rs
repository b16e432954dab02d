//! An input while its parameters come in: elements of lists come in any order and with gaps, and the parts of a
//! structure come one by one.

use std::collections::BTreeMap;

use super::dialect::Dialect;
use crate::Error;
use crate::protocol::text;
use crate::schema::{Kind, Member, Schema, Value};

/// Steps that the path of one parameter may have. The deepest of EC2's has nine.
const DEEPEST: usize = 32;

/// A part of the input.
pub enum Node {
    Leaf(Value),
    /// By index as the client counts.
    List(BTreeMap<u32, Node>),
    Map(BTreeMap<u32, Entry>),
    /// By position of the member in the schema.
    Structure(Vec<Option<Node>>),
}

#[derive(Default)]
pub struct Entry {
    key: Option<String>,
    value: Option<Node>,
}

/// One parameter on its way into the input.
pub struct Parameter<'a> {
    pub dialect: Dialect,
    /// The whole name, for messages.
    pub name: &'a str,
    pub value: &'a str,
}

impl Node {
    /// An empty structure of this schema.
    pub fn structure(schema: &Schema) -> Self {
        Self::Structure(std::iter::repeat_with(|| None).take(schema.members().len()).collect())
    }

    pub fn into_value(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::List(elements) => Value::List(elements.into_values().map(Self::into_value).collect()),
            Self::Map(entries) => Value::Map(
                entries
                    .into_values()
                    .filter_map(|entry| Some((entry.key.unwrap_or_default(), entry.value?.into_value())))
                    .collect(),
            ),
            Self::Structure(members) => {
                Value::Structure(members.into_iter().map(|member| member.map(Self::into_value)).collect())
            }
        }
    }
}

/// Puts a parameter into a structure's member that `path` names.
pub fn insert(
    parameter: &Parameter<'_>,
    members: &'static [Member],
    nodes: &mut [Option<Node>],
    path: &str,
    depth: usize,
) -> Result<(), Error> {
    let (name, rest) = step(path);
    match members.iter().position(|member| member.form_name == name) {
        Some(at) => put(parameter, &members[at], &mut nodes[at], rest, depth + 1),
        None => parameter.unknown(),
    }
}

/// Puts a parameter at or below a node.
fn put(
    parameter: &Parameter<'_>,
    member: &'static Member,
    slot: &mut Option<Node>,
    path: Option<&str>,
    depth: usize,
) -> Result<(), Error> {
    if depth > DEEPEST {
        return Err(parameter.dialect.too_deep(parameter.name));
    }
    let schema = member.schema;
    match (&schema.kind, path) {
        (Kind::Structure { members }, Some(path)) => match slot.get_or_insert_with(|| Node::structure(schema)) {
            Node::Structure(nodes) => insert(parameter, members, nodes, path, depth),
            _ => parameter.conflict(),
        },
        (Kind::List { member: element }, Some(path)) => {
            let Some((index, rest)) = element_of(parameter.dialect, member, element.wire_name, path) else {
                return parameter.unknown();
            };
            match slot.get_or_insert_with(|| Node::List(BTreeMap::new())) {
                Node::List(elements) => put_element(parameter, element, elements, index, rest, depth),
                _ => parameter.conflict(),
            }
        }
        (Kind::Map { key, value }, Some(path)) => {
            let Some((index, Some(rest))) = element_of(parameter.dialect, member, "entry", path) else {
                return parameter.unknown();
            };
            match slot.get_or_insert_with(|| Node::Map(BTreeMap::new())) {
                Node::Map(entries) => put_entry(parameter, key, value, entries.entry(index).or_default(), rest, depth),
                _ => parameter.conflict(),
            }
        }
        // How the query protocol writes an empty list.
        (Kind::List { .. }, None) if parameter.is_empty_list() => parameter.only(slot, Node::List(BTreeMap::new())),
        (Kind::Map { .. }, None) if parameter.is_empty_list() => parameter.only(slot, Node::Map(BTreeMap::new())),
        (Kind::Structure { .. } | Kind::List { .. } | Kind::Map { .. }, None) => parameter.unknown(),
        (_, Some(_)) => parameter.unknown(),
        (kind, None) => {
            let value = text::parse(kind, member.timestamp, parameter.value)
                .map_err(|expected| parameter.mistyped(schema, expected))?;
            parameter.only(slot, Node::Leaf(value))
        }
    }
}

fn put_element(
    parameter: &Parameter<'_>,
    element: &'static Member,
    elements: &mut BTreeMap<u32, Node>,
    index: u32,
    rest: Option<&str>,
    depth: usize,
) -> Result<(), Error> {
    let mut slot = elements.remove(&index);
    let result = put(parameter, element, &mut slot, rest, depth + 1);
    if let Some(node) = slot {
        elements.insert(index, node);
    }
    result
}

fn put_entry(
    parameter: &Parameter<'_>,
    key: &'static Member,
    value: &'static Member,
    entry: &mut Entry,
    path: &str,
    depth: usize,
) -> Result<(), Error> {
    let (name, rest) = step(path);
    if name == key.wire_name && rest.is_none() {
        return match entry.key.replace(parameter.value.to_owned()) {
            None => Ok(()),
            Some(_) => parameter.conflict(),
        };
    }
    if name == value.wire_name {
        return put(parameter, value, &mut entry.value, rest, depth + 1);
    }
    parameter.unknown()
}

/// The index of a list's element or map's entry, and the path below it: `1.Name`, or with a name before the index
/// in AWS query where the list is not flattened: `member.1.Name`.
fn element_of<'a>(dialect: Dialect, member: &Member, element: &str, path: &'a str) -> Option<(u32, Option<&'a str>)> {
    let path = if dialect == Dialect::Aws && !member.flattened {
        path.strip_prefix(element)?.strip_prefix('.')?
    } else {
        path
    };
    let (index, rest) = step(path);
    // `parse` takes a sign.
    let index = index.bytes().all(|byte| byte.is_ascii_digit()).then(|| index.parse().ok())??;
    Some((index, rest))
}

fn step(path: &str) -> (&str, Option<&str>) {
    match path.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (path, None),
    }
}

impl Parameter<'_> {
    fn unknown(&self) -> Result<(), Error> {
        self.dialect.unknown(self.name)
    }

    fn conflict(&self) -> Result<(), Error> {
        Err(self.dialect.conflicting(self.name))
    }

    fn mistyped(&self, schema: &Schema, expected: &str) -> Error {
        let shown = !schema.sensitive && !matches!(schema.kind, Kind::Blob);
        self.dialect.mistyped(self.name, shown.then_some(self.value), expected)
    }

    fn is_empty_list(&self) -> bool {
        self.dialect == Dialect::Aws && self.value.is_empty()
    }

    /// Fills a slot that must be empty.
    fn only(&self, slot: &mut Option<Node>, node: Node) -> Result<(), Error> {
        if slot.is_some() {
            return self.conflict();
        }
        *slot = Some(node);
        Ok(())
    }
}
