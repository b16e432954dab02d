//! Trees as values.

use std::collections::BTreeMap;

use super::{Expression, Series, Value, Wrong, functions};
use crate::series::Window;

/// What an expression may name.
pub(crate) struct Scope<'a> {
    /// Metrics and expressions by id, those that this one names among them.
    pub values: &'a BTreeMap<String, Value>,
    /// The metrics of the request, in its order: what `METRICS()` is.
    pub metrics: &'a [(String, Series)],
    /// What is asked for; the period of expressions without metrics.
    pub window: Window,
}

pub(crate) fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Result<Value, Wrong> {
    match expression {
        Expression::Number(number) => Ok(Value::Number(*number)),
        Expression::Text(text) => Ok(Value::Text(text.clone())),
        Expression::Id(id) => scope.values.get(id).cloned().ok_or_else(|| Wrong::UnknownId(id.clone())),
        Expression::Negated(inner) => Ok(evaluate(inner, scope)?.map(|number| -number)),
        Expression::Binary(operator, left, right) => binary(operator, evaluate(left, scope)?, evaluate(right, scope)?),
        Expression::Array(elements) => {
            let mut all = Vec::new();
            for element in elements {
                match evaluate(element, scope)? {
                    Value::Series(series) => all.push(series),
                    Value::Many(more) => all.extend(more),
                    other => return Err(Wrong::Unexpected(format!("{} in an array", other.kind()))),
                }
            }
            Ok(Value::Many(all))
        }
        Expression::Call(name, arguments) => functions::call(name, arguments, scope),
    }
}

/// An operator between two values.
pub(super) fn binary(operator: &'static str, left: Value, right: Value) -> Result<Value, Wrong> {
    let compute = |left: f64, right: f64| compute(operator, left, right);
    let wrong = Wrong::Operands { operator, left: left.kind(), right: right.kind() };
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Ok(Value::Number(compute(left, right))),
        (left @ (Value::Series(_) | Value::Many(_)), Value::Number(right)) => Ok(left.map(|left| compute(left, right))),
        (Value::Number(left), right @ (Value::Series(_) | Value::Many(_))) => {
            Ok(right.map(|right| compute(left, right)))
        }
        (Value::Series(left), Value::Series(right)) => joined(&left, &right, compute).map(Value::Series),
        (Value::Many(left), Value::Series(right)) => {
            left.iter().map(|left| joined(left, &right, compute)).collect::<Result<_, _>>().map(Value::Many)
        }
        (Value::Series(left), Value::Many(right)) => right
            .iter()
            .map(|right| joined(&left, right, compute).map(|joined| Series { label: right.label.clone(), ..joined }))
            .collect::<Result<_, _>>()
            .map(Value::Many),
        _ => Err(wrong),
    }
}

/// Where both have a value.
fn joined(left: &Series, right: &Series, compute: impl Fn(f64, f64) -> f64) -> Result<Series, Wrong> {
    same_period([left, right])?;
    let both = left.points.iter().filter_map(|(at, value)| Some((*at, compute(*value, *right.points.get(at)?))));
    Ok(left.with(both.filter(|(_, value)| value.is_finite()).collect()))
}

/// The period that all of them have.
pub(super) fn same_period<'a>(series: impl IntoIterator<Item = &'a Series>) -> Result<Option<i64>, Wrong> {
    let mut found = None;
    for one in series {
        if *found.get_or_insert(one.period) != one.period {
            return Err(Wrong::Periods);
        }
    }
    Ok(found)
}

fn compute(operator: &str, left: f64, right: f64) -> f64 {
    let truth = |is_so: bool| if is_so { 1.0 } else { 0.0 };
    match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "^" => left.powf(right),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<" => truth(left < right),
        "<=" => truth(left <= right),
        ">" => truth(left > right),
        ">=" => truth(left >= right),
        "AND" => truth(left != 0.0 && right != 0.0),
        // The parser knows no more than these.
        _ => truth(left != 0.0 || right != 0.0),
    }
}
