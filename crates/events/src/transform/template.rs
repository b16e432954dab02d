//! Templates: JSON, or a text in quotes, with `<names>` where parts of the event go.

use std::collections::BTreeMap;

use serde_json::Value;

/// What every rule knows (*User guide, Predefined variables*).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reserved<'a> {
    pub rule_arn: &'a str,
    pub rule_name: &'a str,
    /// When the event came.
    pub ingested: &'a str,
}

const RULE_ARN: &str = "aws.events.rule-arn";
const RULE_NAME: &str = "aws.events.rule-name";
const INGESTED: &str = "aws.events.event.ingestion-time";
const EVENT: &str = "aws.events.event";
const EVENT_JSON: &str = "aws.events.event.json";

/// What is wrong with the template of a transformer.
pub(crate) fn check(paths: &BTreeMap<String, String>, template: &str) -> Result<(), String> {
    for (name, path) in paths {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if name.is_empty() || name.to_ascii_lowercase().starts_with("aws") || !name.bytes().all(is_name) {
            return Err(format!("Invalid InputTransformer for target: the name {name} may not be used."));
        }
        if super::Path::parse(path).is_none() {
            return Err(format!("Invalid InputTransformer for target: {path} is no JSON path."));
        }
    }
    // With a number in every place the template must be JSON, or texts one below the other.
    let tried = filled(template, |_, is_inside| Some(if is_inside { String::new() } else { "0".to_owned() }), |_| true);
    let mut values = serde_json::Deserializer::from_str(&tried).into_iter::<Value>();
    if values.any(|value| value.is_err()) {
        return Err("Invalid InputTemplate for target: the template is no JSON.".to_owned());
    }
    Ok(())
}

/// The template with the values in it; what is not in the event is nothing.
pub(super) fn fill(
    template: &str,
    values: &BTreeMap<&str, Option<&Value>>,
    event: &str,
    reserved: &Reserved<'_>,
) -> String {
    let value = |name: &str, is_inside: bool| -> Option<String> {
        let text = |text: &str| Some(if is_inside { escaped(text) } else { Value::from(text).to_string() });
        let json = |json: &str| Some(if is_inside { escaped(json) } else { json.to_owned() });
        match name {
            RULE_ARN => text(reserved.rule_arn),
            RULE_NAME => text(reserved.rule_name),
            INGESTED => text(reserved.ingested),
            EVENT | EVENT_JSON => json(event),
            _ => match values.get(name)? {
                Some(Value::String(found)) => text(found),
                Some(found) => json(&found.to_string()),
                None if is_inside => Some(String::new()),
                None => Some("null".to_owned()),
            },
        }
    };
    filled(template, value, |name| values.contains_key(name) || name.starts_with("aws.events."))
}

/// As it stands between quotes.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Replaces each `<name>` that is known; the value is told whether the place is between quotes.
fn filled(template: &str, value: impl Fn(&str, bool) -> Option<String>, is_known: impl Fn(&str) -> bool) -> String {
    let (mut out, mut rest, mut is_inside) = (String::with_capacity(template.len() * 2), template, false);
    while let Some(at) = rest.find(['<', '"', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('"') {
            is_inside = !is_inside;
            out.push('"');
            rest = after;
            continue;
        }
        if rest.starts_with('\\') {
            // The backslash with what it escapes.
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        let name = rest[1..].split_once('>').map(|(name, _)| name).filter(|name| is_name(name) && is_known(name));
        match name.and_then(|name| Some((name, value(name, is_inside)?))) {
            Some((name, text)) => {
                out.push_str(&text);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_json_once_it_is_filled() {
        let paths: BTreeMap<String, String> = [("id".to_owned(), "$.id".to_owned())].into();
        for template in ["\"<id> is\"", "{\"a\": <id>}", "<id>", "\"one <id>\"\n\"two\""] {
            assert_eq!(check(&paths, template), Ok(()), "{template}");
        }
        assert!(check(&paths, "{\"a\": ").is_err() && check(&paths, "plain <id>").is_err());
        assert!(check(&[("aws".to_owned(), "$".to_owned())].into(), "<aws>").is_err());
        assert!(check(&[("id".to_owned(), "id".to_owned())].into(), "<id>").is_err());
    }
}
