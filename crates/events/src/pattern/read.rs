//! Patterns from their JSON.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::{InvalidPattern, Node, Object, numeric, wildcard};

/// Lists of alternatives that a rule may come to (*User guide, Event pattern considerations: $or: 1000 combinations*).
const MOST_COMBINATIONS: usize = 1000;

pub(super) fn pattern(text: &str) -> Result<Object, InvalidPattern> {
    let value: Value = serde_json::from_str(text).map_err(|error| InvalidPattern(error.to_string()))?;
    let Value::Object(members) = value else { return Err(InvalidPattern("Filter is not an object".into())) };
    if members.is_empty() {
        return Err(InvalidPattern("Empty objects are not allowed".into()));
    }
    let read = object(&members).map_err(InvalidPattern)?;
    if combinations(&read) > MOST_COMBINATIONS {
        return Err(InvalidPattern("The pattern has too many combinations of $or".into()));
    }
    Ok(read)
}

fn combinations(object: &Object) -> usize {
    let members = object.members.iter().map(|(_, node)| match node {
        Node::Object(inner) => combinations(inner),
        Node::Any(_) => 1,
    });
    let alternatives = object.alternatives.iter().map(|any| any.iter().map(combinations).sum());
    members.chain(alternatives).fold(1, usize::saturating_mul)
}

fn object(members: &Map<String, Value>) -> Result<Object, String> {
    let mut read = Object::default();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("$or", Value::Array(patterns)) => {
                if patterns.len() < 2 {
                    return Err("There must be have at least 2 Objects in $or relationship.".into());
                }
                let one = |pattern: &Value| match pattern {
                    Value::Object(members) if !members.is_empty() => object(members),
                    _ => Err("Only objects are allowed in the array of $or".to_owned()),
                };
                read.alternatives.push(patterns.iter().map(one).collect::<Result<_, _>>()?);
            }
            (_, Value::Object(inner)) if inner.is_empty() => return Err("Empty objects are not allowed".into()),
            (_, Value::Object(inner)) => read.members.push((name.clone(), Node::Object(object(inner)?))),
            (_, Value::Array(values)) if values.is_empty() => return Err("Empty arrays are not allowed".into()),
            (_, Value::Array(values)) => {
                let conditions = values.iter().map(condition).collect::<Result<_, _>>()?;
                read.members.push((name.clone(), Node::Any(conditions)));
            }
            _ => return Err(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(read)
}

fn condition(value: &Value) -> Result<Condition, String> {
    match value {
        Value::Object(operator) => {
            let mut members = operator.iter();
            match (members.next(), members.next()) {
                (Some((name, operand)), None) => operation(name, operand),
                _ => Err("Only one key allowed in match expression".into()),
            }
        }
        Value::Array(_) => Err("Match value must be String, number, true, false, or null".into()),
        scalar => Ok(literal(scalar)),
    }
}

fn literal(value: &Value) -> Condition {
    match value {
        Value::String(text) => Condition::Text(text.clone()),
        Value::Number(number) => Condition::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::Bool(value) => Condition::Boolean(*value),
        _ => Condition::Null,
    }
}

fn operation(name: &str, operand: &Value) -> Result<Condition, String> {
    match name {
        "prefix" => cased(name, operand, |text, ignores_case| Condition::Prefix { text, ignores_case }),
        "suffix" => cased(name, operand, |text, ignores_case| Condition::Suffix { text, ignores_case }),
        "equals-ignore-case" => text(name, operand).map(Condition::EqualsIgnoreCase),
        "wildcard" => wild(operand),
        "numeric" => numeric::read(operand).map(Condition::Numeric),
        "cidr" => {
            let text = text(name, operand)?;
            text.parse().map(Condition::Cidr).map_err(|_| format!("Malformed CIDR, one '/' required: {text}"))
        }
        "exists" => {
            operand.as_bool().map(Condition::Exists).ok_or("exists match pattern must be either true or false.".into())
        }
        "anything-but" => but(operand).map(Condition::AnythingBut),
        other => Err(format!("Unrecognized match type {other}")),
    }
}

fn text(name: &str, operand: &Value) -> Result<String, String> {
    operand.as_str().map(str::to_owned).ok_or_else(|| format!("{name} match pattern must be a string"))
}

/// `"text"`, or `{"equals-ignore-case": "text"}`.
fn cased(name: &str, operand: &Value, make: impl Fn(String, bool) -> Condition) -> Result<Condition, String> {
    let (text, ignores_case) = match operand {
        Value::Object(inner) if inner.len() == 1 && inner.contains_key("equals-ignore-case") => {
            (text(name, &inner["equals-ignore-case"])?, true)
        }
        operand => (text(name, operand)?, false),
    };
    if text.is_empty() {
        return Err(format!("Null {name} not allowed"));
    }
    Ok(make(text, ignores_case))
}

fn wild(operand: &Value) -> Result<Condition, String> {
    let text = text("wildcard", operand)?;
    wildcard::check(&text)?;
    Ok(Condition::Wildcard(text))
}

/// What a value may not be: scalars, or one kind of comparison with texts.
fn but(operand: &Value) -> Result<Vec<Condition>, String> {
    match operand {
        Value::Array(values) if values.is_empty() => Err("Value of anything-but may not be empty.".into()),
        Value::Array(values) => {
            let is_scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_));
            if !values.iter().all(is_scalar) {
                return Err("Inside anything-but list, only numbers and strings are allowed".into());
            }
            Ok(values.iter().map(literal).collect())
        }
        Value::Object(inner) if inner.len() == 1 => {
            let (name, operand) = inner.iter().next().ok_or("Value of anything-but may not be empty.")?;
            if !matches!(name.as_str(), "prefix" | "suffix" | "equals-ignore-case" | "wildcard") {
                return Err(format!("Unsupported anything-but pattern: {name}"));
            }
            match operand {
                Value::Array(values) if values.is_empty() => Err(format!("Null {name} not allowed")),
                Value::Array(values) => values.iter().map(|value| operation(name, value)).collect(),
                one => Ok(vec![operation(name, one)?]),
            }
        }
        Value::Object(_) => Err("Only one key allowed in match expression".into()),
        Value::Bool(_) | Value::Null => {
            Err("Value of anything-but must be an array or single string/number value.".into())
        }
        scalar => Ok(vec![literal(scalar)]),
    }
}
