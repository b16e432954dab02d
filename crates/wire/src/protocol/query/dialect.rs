//! What EC2's dialect says differently when a request cannot be read.

use crate::Error;
use crate::protocol::form;
use crate::schema::Member;
use crate::service::ServiceModel;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// EC2 alone.
    Ec2,
    /// IAM, STS, Elastic Load Balancing, …
    Aws,
}

/// Longer values are not repeated in messages.
const LONGEST_REPEATED: usize = 256;

impl Dialect {
    /// What a member is called in answers. EC2's forms have names of their own; in AWS query, forms and answers share
    /// theirs, which a service that prefers JSON has beside those of JSON.
    pub fn name(self, member: &Member) -> &'static str {
        match self {
            Self::Ec2 => member.wire_name,
            Self::Aws => member.form_name,
        }
    }

    /// The form is not one.
    pub fn malformed(self) -> Error {
        Error::sender("MalformedQueryString", form::Malformed.to_string())
    }

    /// A parameter that the operation does not have. EC2 refuses it; everyone else takes no notice.
    pub fn unknown(self, parameter: &str) -> Result<(), Error> {
        match self {
            Self::Ec2 => {
                let message = format!("The parameter {} is not recognized", shortened(parameter));
                Err(Error::sender("UnknownParameter", message))
            }
            Self::Aws => Ok(()),
        }
    }

    /// A value that is not of its parameter's type. `value` is `None` where it must not be repeated.
    pub fn mistyped(self, parameter: &str, value: Option<&str>, expected: &str) -> Error {
        let value = value.map(|value| format!(" ({})", shortened(value))).unwrap_or_default();
        let message = format!("Value{value} for parameter {} is invalid. Expected {expected}.", shortened(parameter));
        match self {
            Self::Ec2 => Error::sender("InvalidParameterValue", message),
            Self::Aws => Error::sender("MalformedInput", message),
        }
    }

    /// The same parameter twice, or one that is both a value and a structure.
    pub fn conflicting(self, parameter: &str) -> Error {
        let message = format!("The parameter {} is given more than once.", shortened(parameter));
        match self {
            Self::Ec2 => Error::sender("InvalidQueryParameter", message),
            Self::Aws => Error::sender("MalformedInput", message),
        }
    }

    /// More parameters than any real request has.
    pub fn too_many(self, most: usize) -> Error {
        let message = format!("The request has more than {most} parameters.");
        match self {
            Self::Ec2 => Error::sender("InvalidQueryParameter", message),
            Self::Aws => Error::sender("MalformedInput", message),
        }
    }

    /// A path of more steps than any real request has.
    pub fn too_deep(self, parameter: &str) -> Error {
        let message = format!("The parameter {} is nested too deep.", shortened(parameter));
        match self {
            Self::Ec2 => Error::sender("InvalidParameterValue", message),
            Self::Aws => Error::sender("MalformedInput", message),
        }
    }

    /// An operation that is not there. Those that AWS has say whose lack it is.
    pub fn unknown_operation(self, model: &ServiceModel, name: Option<&str>) -> Error {
        let Some(name) = name else {
            return Error::sender("MissingAction", "The request must contain the parameter Action");
        };
        let name = shortened(name);
        let message = match self {
            _ if model.is_unsupported(name) => {
                format!("The action {name} is not valid for this web service: Freehold does not have it yet.")
            }
            Self::Ec2 => format!("The action {name} is not valid for this web service."),
            Self::Aws => format!("Could not find operation {name} for version {}", model.api_version),
        };
        Error::sender("InvalidAction", message)
    }
}

fn shortened(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_REPEATED) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
