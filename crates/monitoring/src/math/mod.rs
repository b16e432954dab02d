//! Metric math (*User guide, Using math expressions with CloudWatch metrics*): expressions over time series. What is
//! searched, learned or asked of other services is refused by its name.

mod evaluate;
mod fill;
mod functions;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use evaluate::{Scope, evaluate};
pub(crate) use parser::{Expression, parse};
pub(crate) use value::{Series, Value};

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("Unexpected {0}")]
    Unexpected(String),
    #[error("The expression is nested too deep")]
    Deep,
    #[error("Unknown metric or expression '{0}'")]
    UnknownId(String),
    #[error("The function {0} does not exist")]
    UnknownFunction(String),
    #[error("Freehold does not have the function {0} yet")]
    NotHere(String),
    #[error("{function}: {why}")]
    Argument { function: &'static str, why: &'static str },
    #[error("Unsupported operand types for {operator}: [{left}, {right}]")]
    Operands { operator: &'static str, left: &'static str, right: &'static str },
    #[error("Metrics of different periods cannot be in one expression")]
    Periods,
}
