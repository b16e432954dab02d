//! From a policy's JSON to groups of conditions, within AWS's limits.

use serde_json::{Map, Value};

use super::{Field, FilterPolicy, Group, Invalid, Rule, Scope, operator};

/// *Filter policy constraints*: "The maximum size of a filter policy is 256 KB".
const MAX_BYTES: usize = 256 << 10;
/// The same: "A filter policy can have a maximum of five keys"; of a nested policy, the outermost count.
const MAX_KEYS: usize = 5;
/// The same: "The total combination of values in a filter policy must not exceed 150".
const MAX_COMBINATIONS: u64 = 150;

const OR: &str = "$or";
/// *AND/OR logic*: objects with one of these names make `$or` an ordinary name.
const RESERVED: [&str; 9] =
    ["exactly", "prefix", "suffix", "equals-ignore-case", "anything-but", "exists", "wildcard", "numeric", "cidr"];

pub(super) fn policy(text: &str, scope: Scope) -> Result<FilterPolicy, Invalid> {
    if text.len() > MAX_BYTES {
        return Err(Invalid::because("Filter policy is too large"));
    }
    let json: Value = serde_json::from_str(text).map_err(|_| Invalid::because("failed to parse JSON."))?;
    let Value::Object(fields) = json else { return Err(Invalid::because("Filter is not an object")) };
    if fields.len() > MAX_KEYS {
        return Err(Invalid::because(format!("Filter policy can not have more than {MAX_KEYS} keys")));
    }
    if fields.is_empty() {
        return Ok(FilterPolicy { scope, root: Group::default() });
    }
    let mut combinations = 1;
    let root = group(&fields, scope, 1, &mut combinations)?;
    if combinations > MAX_COMBINATIONS {
        return Err(Invalid::because("Filter policy is too complex"));
    }
    Ok(FilterPolicy { scope, root })
}

/// `depth` is how many names lead to a field of this group. `combinations` is multiplied by what the group adds.
fn group(fields: &Map<String, Value>, scope: Scope, depth: u64, combinations: &mut u64) -> Result<Group, Invalid> {
    if fields.is_empty() {
        return Err(Invalid::because("Empty objects are not allowed"));
    }
    let mut compiled = Group::default();
    for (name, value) in fields {
        if let Some(objects) = alternatives(name, value) {
            // The guide does not say how `$or` counts. Each alternative is a policy of its own, so they are added.
            let mut sum = 0_u64;
            let mut groups = Vec::with_capacity(objects.len());
            for object in objects {
                let mut own = 1;
                groups.push(group(object, scope, depth, &mut own)?);
                sum = sum.saturating_add(own);
            }
            *combinations = combinations.saturating_mul(sum);
            compiled.alternatives.push(groups);
            continue;
        }
        let rule = match value {
            Value::Array(elements) => {
                // "multiply the number of values in each array", in nested policies with the level of their key.
                *combinations = combinations.saturating_mul(elements.len() as u64).saturating_mul(depth);
                Rule::Leaf(conditions(elements)?)
            }
            Value::Object(_) if scope == Scope::MessageAttributes => return Err(Invalid::Nested),
            Value::Object(fields) => Rule::Nested(group(fields, scope, depth + 1, combinations)?),
            _ => return Err(Invalid::because(format!("\"{name}\" must be an object or an array"))),
        };
        compiled.fields.push(Field { name: name.as_str().into(), rule });
    }
    Ok(compiled)
}

fn conditions(elements: &[Value]) -> Result<Box<[super::Condition]>, Invalid> {
    if elements.is_empty() {
        return Err(Invalid::because("Empty arrays are not allowed"));
    }
    elements.iter().map(operator::condition).collect()
}

/// The objects of an `$or`, where this is one: a list of at least two objects without reserved names (*AND/OR logic,
/// OR operator*).
fn alternatives<'a>(name: &str, value: &'a Value) -> Option<Vec<&'a Map<String, Value>>> {
    let Value::Array(elements) = value else { return None };
    if name != OR || elements.len() < 2 {
        return None;
    }
    let objects: Vec<_> = elements.iter().map(Value::as_object).collect::<Option<_>>()?;
    let reserved = objects.iter().any(|object| object.keys().any(|name| RESERVED.contains(&name.as_str())));
    (!reserved).then_some(objects)
}
