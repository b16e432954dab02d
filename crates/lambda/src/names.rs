//! How callers name functions and layers: by name, by part of an ARN, by an ARN; with a qualifier in it or beside it
//! (*API reference, FunctionName*).

use freehold_core::{Arn, is_account};
use freehold_wire::Call;

use crate::errors::Error;

/// The version that can be changed.
pub(crate) const LATEST: &str = "$LATEST";
/// Characters of a name (*API reference, CreateFunction: FunctionName*).
const MOST_NAME: usize = 64;

/// A function that somebody named, which may not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionName {
    pub region: String,
    pub account: String,
    pub name: String,
    /// A version's number, an alias, or `$LATEST`.
    pub qualifier: Option<String>,
}

impl FunctionName {
    /// Reads `FunctionName`, and the `Qualifier` beside it.
    pub fn read(call: &Call, text: Option<&str>, qualifier: Option<&str>) -> Result<Self, Error> {
        let text = text.unwrap_or_default();
        if text.len() > MOST_NAME && is_word(text) {
            return Err(Error::Validation {
                member: "functionName",
                value: text.to_owned(),
                constraint: format!("Member must have length less than or equal to {MOST_NAME}"),
            });
        }
        let mut found = Self::parse(text, &call.region, call.account())
            .ok_or_else(|| Error::invalid(format!("{text} is not the name or the ARN of a function")))?;
        if found.region != call.region {
            let sentence =
                format!("Functions from '{}' are not reachable in this region ('{}')", found.region, call.region);
            return Err(Error::NotFound(sentence));
        }
        match (&found.qualifier, qualifier.filter(|text| !text.is_empty())) {
            (Some(own), Some(other)) if own != other => Err(Error::invalid(
                "The derived qualifier from the function name does not match the specified qualifier.",
            )),
            (None, Some(other)) => {
                found.qualifier = Some(other.to_owned());
                Ok(found)
            }
            _ => Ok(found),
        }
    }

    /// Reads it where a function as a whole is meant and a qualifier has no sense.
    pub fn read_unqualified(call: &Call, text: Option<&str>) -> Result<Self, Error> {
        let found = Self::read(call, text, None)?;
        match &found.qualifier {
            Some(_) => Err(Error::invalid("This operation does not permit qualifiers in the name of the function.")),
            None => Ok(found),
        }
    }

    pub fn parse(text: &str, region: &str, account: &str) -> Option<Self> {
        let mut parts: Vec<&str> = text.split(':').collect();
        let (mut own_region, mut own_account) = (region, account);
        if parts.first() == Some(&"arn") {
            if parts.len() < 7 || parts[2] != "lambda" || !is_account(parts[4]) || parts[5] != "function" {
                return None;
            }
            (own_region, own_account) = (parts[3], parts[4]);
            parts.drain(..5);
        } else if parts.len() > 1 && is_account(parts[0]) {
            own_account = parts[0];
            parts.remove(0);
        }
        if parts.len() > 1 && parts[0] == "function" {
            parts.remove(0);
        }
        let (name, qualifier) = match parts[..] {
            [name] => (name, None),
            [name, qualifier] => (name, Some(qualifier)),
            _ => return None,
        };
        let is_good = is_name(name) && qualifier.is_none_or(is_qualifier);
        is_good.then(|| Self {
            region: own_region.to_owned(),
            account: own_account.to_owned(),
            name: name.to_owned(),
            qualifier: qualifier.map(str::to_owned),
        })
    }

    /// The function's ARN, without a qualifier.
    pub fn arn(&self) -> String {
        arn(&self.region, &self.account, &self.name)
    }

    /// With the qualifier, if there is one.
    pub fn qualified_arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.arn()),
            None => self.arn(),
        }
    }

    pub fn qualifier(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }
}

pub(crate) fn arn(region: &str, account: &str, name: &str) -> String {
    Arn::new("lambda", region, account, format!("function:{name}")).to_string()
}

/// Letters, digits, hyphens and underscores, up to 64.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=MOST_NAME).contains(&text.len()) && is_word(text)
}

/// Whether the text may be an alias or the number of a version.
pub(crate) fn is_qualifier(text: &str) -> bool {
    text == LATEST || (1..=128).contains(&text.len()) && is_word(text)
}

/// Whether a qualifier is a version's, and not an alias's.
pub(crate) fn is_version(qualifier: &str) -> bool {
    qualifier == LATEST || is_number(qualifier)
}

/// Versions are numbers, aliases are not.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A layer by its name or its ARN; the answer is its ARN.
pub(crate) fn layer(call: &Call, text: Option<&str>) -> Result<String, Error> {
    let text = text.unwrap_or_default();
    if text.starts_with("arn:") {
        let arn: Option<Arn> = text.parse().ok();
        let is_good =
            arn.is_some_and(|arn| arn.service == "lambda" && arn.resource.strip_prefix("layer:").is_some_and(is_word));
        return if is_good { Ok(text.to_owned()) } else { Err(Error::invalid(format!("{text} is not a layer's ARN"))) };
    }
    Ok(Arn::new("lambda", &call.region, call.account(), format!("layer:{text}")).to_string())
}

/// The ARN of a layer and the number of one of its versions, from the version's ARN.
pub(crate) fn layer_version(text: &str) -> Option<(&str, u64)> {
    let (layer, number) = text.rsplit_once(':')?;
    let arn: Arn = layer.parse().ok()?;
    let is_layer = arn.service == "lambda" && arn.resource.starts_with("layer:");
    Some((layer, number.parse().ok()?)).filter(|_| is_layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "111122223333";

    fn parsed(text: &str) -> Option<(String, String, Option<String>)> {
        FunctionName::parse(text, "us-east-1", ACCOUNT).map(|found| (found.account, found.name, found.qualifier))
    }

    #[test]
    fn a_function_has_many_names() {
        let own = |qualifier: Option<&str>| Some((ACCOUNT.into(), "f".into(), qualifier.map(str::to_owned)));
        for text in ["f", "function:f", "111122223333:f", "111122223333:function:f"] {
            assert_eq!(parsed(text), own(None), "{text}");
            assert_eq!(parsed(&format!("{text}:live")), own(Some("live")), "{text}");
        }
        assert_eq!(parsed("arn:aws:lambda:us-east-1:111122223333:function:f"), own(None));
        assert_eq!(parsed("arn:aws:lambda:us-east-1:111122223333:function:f:$LATEST"), own(Some("$LATEST")));
        let other = parsed("arn:aws:lambda:us-east-1:444455556666:function:f:7");
        assert_eq!(other, Some(("444455556666".into(), "f".into(), Some("7".into()))));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x".repeat(65);
        let config = "arn:aws:lambda:us-east-1:111122223333:code-signing-config:csc-0123456789abcdef0";
        let queue = "arn:aws:sqs:us-east-1:111122223333:function:f";
        for text in ["", "a b", "a:b:c", config, queue, "arn:aws:lambda", "é", &long] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn a_version_of_a_layer_is_its_arn_and_a_number() {
        let layer = "arn:aws:lambda:us-east-1:111122223333:layer:tools";
        assert_eq!(layer_version(&format!("{layer}:3")), Some((layer, 3)));
        assert_eq!(layer_version(layer), None);
        assert_eq!(layer_version("arn:aws:lambda:us-east-1:111122223333:function:f:3"), None);
    }
}
