//! `{"numeric": [">", 0, "<=", 5]}`.

use serde_json::Value;

/// Numbers of events are compared within these bounds (*User guide: between -5.0e9 and +5.0e9 inclusive, with 15 digits
/// of precision*).
pub(super) const MOST: f64 = 5.0e9;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Equal(f64),
    Less(f64),
    LessOrEqual(f64),
    Greater(f64),
    GreaterOrEqual(f64),
}

impl Comparison {
    pub fn holds(self, number: f64) -> bool {
        match self {
            Self::Equal(bound) => number == bound,
            Self::Less(bound) => number < bound,
            Self::LessOrEqual(bound) => number <= bound,
            Self::Greater(bound) => number > bound,
            Self::GreaterOrEqual(bound) => number >= bound,
        }
    }
}

/// One or two comparisons; two are a range, its lower bound first.
pub(super) fn read(value: &Value) -> Result<Vec<Comparison>, String> {
    let Value::Array(words) = value else { return Err("Value of numeric must be an array.".into()) };
    let comparisons: Result<Vec<_>, _> = words.chunks(2).map(comparison).collect();
    let comparisons = comparisons?;
    let is_range = |lower: &Comparison, upper: &Comparison| match (lower, upper) {
        (
            Comparison::Greater(low) | Comparison::GreaterOrEqual(low),
            Comparison::Less(high) | Comparison::LessOrEqual(high),
        ) => low < high,
        _ => false,
    };
    match comparisons.as_slice() {
        [_] => Ok(comparisons),
        [lower, upper] if is_range(lower, upper) => Ok(comparisons),
        [_, _] => Err("Bottom must be less than top".into()),
        [] => Err("Invalid member in numeric match: an operator is missing".into()),
        _ => Err("Too many elements in numeric expression".into()),
    }
}

fn comparison(pair: &[Value]) -> Result<Comparison, String> {
    let (Some(Value::String(operator)), Some(bound)) = (pair.first(), pair.get(1).and_then(Value::as_f64)) else {
        return Err("Invalid member in numeric match: an operator must be followed by a number".into());
    };
    if bound.abs() > MOST {
        return Err(format!("Value must be between {} and {MOST}, inclusive", -MOST));
    }
    match operator.as_str() {
        "=" => Ok(Comparison::Equal(bound)),
        "<" => Ok(Comparison::Less(bound)),
        "<=" => Ok(Comparison::LessOrEqual(bound)),
        ">" => Ok(Comparison::Greater(bound)),
        ">=" => Ok(Comparison::GreaterOrEqual(bound)),
        other => Err(format!("Unrecognized numeric range operator: {other}")),
    }
}
