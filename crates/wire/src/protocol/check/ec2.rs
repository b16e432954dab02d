//! EC2's words: the first violation is the error.

use super::path::{Path, uncapitalised};
use super::show::show;
use super::walk::{self, Stop};
use super::{Rule, Violation};
use crate::Error;
use crate::schema::{Schema, Value};

pub fn ec2(schema: &'static Schema, value: &Value) -> Result<(), Error> {
    let mut error = None;
    let mut first = |violation: Violation<'_>| {
        error = Some(worded(&violation));
        Err(Stop)
    };
    match walk::members(schema.members(), value, &Path::Root, &mut first) {
        Ok(()) => Ok(()),
        Err(Stop) => error.map_or(Ok(()), Err),
    }
}

/// Shapes whose values are refused with a code of their own, whatever is wrong with them.
fn named(shape: &str) -> Option<Error> {
    let (code, message) = match shape {
        "LaunchTemplateName" => (
            "InvalidLaunchTemplateName.MalformedException",
            "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the \
             following characters: - ( ) . / _.",
        ),
        "ImageNameRequest" => (
            "InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', \
             '-', '/', '_', '[', ']', '@', ''' and spaces.",
        ),
        _ => return None,
    };
    Some(Error::sender(code, message))
}

fn worded(violation: &Violation<'_>) -> Error {
    let Violation { path, member, value, rule } = violation;
    if !matches!(rule, Rule::Required)
        && let Some(error) = named(member.schema.name)
    {
        return error;
    }
    let value = value.map(|value| show(member, value)).unwrap_or_default();
    let parameter = uncapitalised(&path.form());
    let invalid = |expected: String| format!("Value ( {value} ) for parameter {parameter} is invalid. {expected}");
    let message = match rule {
        Rule::Required => {
            let message = format!("The request must contain the parameter {}", path.form());
            return Error::sender("MissingParameter", message);
        }
        Rule::OneOf(_) => format!("Invalid value '{value}' for {}.", member.name),
        Rule::ValueAtLeast(min) => invalid(format!("Expecting a value greater than or equal to {min}.")),
        Rule::ValueAtMost(max) => invalid(format!("Expecting a value less than or equal to {max}.")),
        Rule::LengthAtLeast(min) => invalid(format!("Expecting a length greater than or equal to {min}.")),
        Rule::LengthAtMost(max) => invalid(format!("Expecting a length less than or equal to {max}.")),
        Rule::Matches(pattern) => invalid(format!("It must match the pattern {}", pattern.text)),
    };
    Error::sender("InvalidParameterValue", message)
}
