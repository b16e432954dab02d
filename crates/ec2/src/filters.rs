//! Filters of Describe operations. Each operation has a table from a filter's name to the values that a resource
//! has under it; a resource passes when, for every filter, one of its values matches one of the filter's.
//!
//! Values match whole and case-sensitively; `*` stands for any characters, `?` for one, `\` takes the meaning
//! from the next (*EC2 user guide, List and filter your resources*).

use freehold_api::ec2::Filter;

use crate::errors::{Error, Result};
use crate::model::Tags;

/// The values that a resource has under a filter's name.
pub type Values<T> = fn(&T) -> Vec<String>;

/// The filters of one operation, besides those by tag.
pub struct Table<T: 'static> {
    pub values: &'static [(&'static str, Values<T>)],
    /// For `tag:KEY`, `tag-key` and `tag-value`; `None` where the resource has no tags.
    pub tags: Option<fn(&T) -> &Tags>,
}

enum Test<T: 'static> {
    Value(Values<T>),
    Tag(fn(&T) -> &Tags, String),
    TagKey(fn(&T) -> &Tags),
    TagValue(fn(&T) -> &Tags),
}

/// What a request asks for, checked.
pub struct Filters<T: 'static>(Vec<(Test<T>, Vec<String>)>);

/// The values of all filters of a call (*API reference, FilterLimitExceeded*).
const MAX_VALUES: usize = 200;

impl<T> Filters<T> {
    /// Reads a request's filters by an operation's table.
    pub fn parse(table: &Table<T>, filters: Option<Vec<Filter>>) -> Result<Self> {
        let mut tests = Vec::new();
        let mut count = 0;
        for Filter { name, values } in filters.unwrap_or_default() {
            let name = name.ok_or(Error::MissingParameter("Filter.Name"))?;
            let values = values.unwrap_or_default();
            if values.is_empty() {
                return Err(Error::Missing(format!("The filter '{name}' must have at least one value")));
            }
            count += values.len();
            tests.push((table.test(&name)?, values));
        }
        if count > MAX_VALUES {
            return Err(Error::other(
                "FilterLimitExceeded",
                format!("The maximum number of filter values specified on a single call is {MAX_VALUES}"),
            ));
        }
        Ok(Self(tests))
    }

    /// Whether a resource passes.
    pub fn admit(&self, resource: &T) -> bool {
        self.0.iter().all(|(test, wanted)| {
            let passes = |value: &str| wanted.iter().any(|pattern| matches(pattern, value));
            match test {
                Test::Value(values) => values(resource).iter().any(|value| passes(value)),
                Test::Tag(tags, key) => tags(resource).get(key).is_some_and(passes),
                Test::TagKey(tags) => tags(resource).iter().any(|(key, _)| passes(key)),
                Test::TagValue(tags) => tags(resource).iter().any(|(_, value)| passes(value)),
            }
        })
    }
}

impl<T> Table<T> {
    fn test(&self, name: &str) -> Result<Test<T>> {
        if let Some((_, values)) = self.values.iter().find(|(known, _)| *known == name) {
            return Ok(Test::Value(*values));
        }
        let unknown = || Error::InvalidFilter(name.to_owned());
        let tags = self.tags.ok_or_else(unknown)?;
        match name {
            "tag-key" => Ok(Test::TagKey(tags)),
            "tag-value" => Ok(Test::TagValue(tags)),
            _ => name.strip_prefix("tag:").map(|key| Test::Tag(tags, key.to_owned())).ok_or_else(unknown),
        }
    }
}

/// Whether `value` is what `pattern` describes.
pub fn matches(pattern: &str, value: &str) -> bool {
    if !pattern.contains(['*', '?', '\\']) {
        return pattern == value;
    }
    let pattern: Vec<Token> = tokens(pattern);
    let value: Vec<char> = value.chars().collect();
    // Greedy with one point to come back to: the last star. Linear in memory, quadratic in time at worst.
    let (mut p, mut v) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while v < value.len() {
        match pattern.get(p) {
            Some(Token::Any) => {
                star = Some((p, v));
                p += 1;
            }
            Some(Token::One) => (p, v) = (p + 1, v + 1),
            Some(Token::Char(c)) if *c == value[v] => (p, v) = (p + 1, v + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, v) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|token| matches!(token, Token::Any))
}

enum Token {
    Any,
    One,
    Char(char),
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut chars = pattern.chars();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            other => Token::Char(other),
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: Table<Tags> = Table { values: &[("size", |t| vec![t.0.len().to_string()])], tags: Some(|t| t) };

    fn filters(name: &str, value: &str) -> Result<Filters<Tags>> {
        let filter = Filter { name: Some(name.to_owned()), values: Some(vec![value.to_owned()]) };
        Filters::parse(&TABLE, Some(vec![filter]))
    }

    #[test]
    fn an_unknown_filter_is_refused_by_name() {
        let error = filters("colour", "red").err();
        assert_eq!(error.map(|e| e.to_string()).as_deref(), Some("The filter 'colour' is invalid"));
    }

    #[test]
    fn tags_are_matched_by_key_and_value() {
        let tags = Tags([("Name".to_owned(), "web-1".to_owned())].into());
        for (name, value, passes) in
            [("tag:Name", "web-*", true), ("tag:Name", "db-*", false), ("tag-key", "N?me", true), ("size", "1", true)]
        {
            assert_eq!(filters(name, value).is_ok_and(|f| f.admit(&tags)), passes, "{name}={value}");
        }
    }

    #[test]
    fn a_backslash_takes_the_meaning_from_a_star() {
        assert!(matches(r"a\*", "a*") && !matches(r"a\*", "ab"));
    }

    proptest! {
        #[test]
        fn a_value_with_some_of_it_starred_still_matches(value in "[a-c*?]{0,12}", from in 0..12usize, to in 0..12usize) {
            let escaped: Vec<String> = value.chars().map(|c| if "*?".contains(c) { format!("\\{c}") } else { c.to_string() }).collect();
            let (from, to) = (from.min(escaped.len()), to.min(escaped.len()));
            let pattern = format!("{}*{}", escaped[..from.min(to)].concat(), escaped[from.max(to)..].concat());
            prop_assert!(matches(&pattern, &value));
        }

        #[test]
        fn stars_do_not_take_forever(value in "a{0,60}") {
            prop_assert!(!matches("*a*a*a*a*a*a*a*a*b", &value));
        }
    }
}
