//! Paths into events: `$.detail.items[0]["a key"]`, the part of JSONPath that rules take.

use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

/// A path, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    /// `None` if the text is no path.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('.') {
                Some(named) => {
                    let end = named.find(['.', '[']).unwrap_or(named.len());
                    let (name, after) = named.split_at(end);
                    let is_name =
                        |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | ':' | '/');
                    (!name.is_empty() && name.chars().all(is_name)).then_some(())?;
                    (Step::Name(name.to_owned()), after)
                }
                None => bracketed(rest.strip_prefix('[')?)?,
            };
            steps.push(step);
            rest = after;
        }
        Some(Self(steps))
    }

    pub fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }
}

/// What follows an opening bracket: a number, or a name in quotes.
fn bracketed(text: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let (name, after) = quoted.split_once(quote)?;
            return Some((Step::Name(name.to_owned()), after.strip_prefix(']')?));
        }
    }
    let (index, after) = text.split_once(']')?;
    Some((Step::Index(index.parse().ok()?), after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_into_objects_and_lists() {
        let value = json!({"a": {"b c": [1, {"d-e": 2}]}});
        let find = |path: &str| Path::parse(path).and_then(|path| path.find(&value).cloned());
        assert_eq!(find("$"), Some(value.clone()));
        assert_eq!(find("$.a['b c'][1].d-e"), Some(json!(2)));
        assert_eq!(find(r#"$["a"]["b c"][0]"#), Some(json!(1)));
        assert_eq!(find("$.a.none"), None);
        for text in ["", "a", "$a", "$.", "$.a[", "$.a[x]", "$..a", "$.a.*", "$['a"] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".*") {
            let _ = Path::parse(&text);
        }
    }
}
