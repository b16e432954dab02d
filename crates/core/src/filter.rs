//! Filters as the Describe operations have them (*EC2 user guide, Filter your resources: wildcards*): a filter
//! matches when any of its values does, and all filters must. `*` stands for any text, none included, `?` for one
//! character, and a backslash takes the meaning from the character after it. Case counts.

/// One filter of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub name: String,
    pub values: Vec<String>,
}

impl Filter {
    /// Whether any of the filter's values matches `value`.
    pub fn accepts(&self, value: &str) -> bool {
        self.values.iter().any(|pattern| matches(pattern, value))
    }

    /// Whether any value matches any of an object's values, as for its security groups or tags.
    pub fn accepts_any<V: AsRef<str>>(&self, values: impl IntoIterator<Item = V>) -> bool {
        values.into_iter().any(|value| self.accepts(value.as_ref()))
    }

    /// Whether the filter is one by tag: `tag:KEY` matches the value of that tag, `tag-key` any tag's key, and
    /// `tag-value` any tag's value. `None` if it is not.
    pub fn accepts_tags<'a>(&self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<bool> {
        let mut tags = tags.into_iter();
        if let Some(wanted) = self.name.strip_prefix("tag:") {
            return Some(tags.any(|(key, value)| key == wanted && self.accepts(value)));
        }
        match self.name.as_str() {
            "tag-key" => Some(tags.any(|(key, _)| self.accepts(key))),
            "tag-value" => Some(tags.any(|(_, value)| self.accepts(value))),
            _ => None,
        }
    }
}

/// One element of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Any,
    One,
    Literal(char),
}

fn parse(pattern: &str) -> Vec<Element> {
    let mut elements = Vec::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        elements.push(match character {
            '*' => Element::Any,
            '?' => Element::One,
            // A backslash at the end has nothing to escape and stands for itself.
            '\\' => Element::Literal(characters.next().unwrap_or('\\')),
            other => Element::Literal(other),
        });
    }
    elements
}

/// Whether `text` has the form of `pattern`. Takes at most the product of both lengths, however many stars.
pub fn matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?', '\\']) {
        return pattern == text;
    }
    let (pattern, text) = (parse(pattern), text.chars().collect::<Vec<_>>());
    let (mut at, mut seen) = (0, 0);
    // Where the last star was, and how much of the text it stands for at most so far.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(Element::Any) => {
                star = Some((at, seen));
                at += 1;
            }
            Some(&element) if element == Element::One || element == Element::Literal(text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((position, taken)) = star else { return false };
                star = Some((position, taken + 1));
                at = position + 1;
                seen = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|element| *element == Element::Any)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(name: &str, values: &[&str]) -> Filter {
        Filter { name: name.into(), values: values.iter().map(|&value| value.to_owned()).collect() }
    }

    #[test]
    fn wildcards_stand_for_text() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "abc", true),
            ("?", "", false),
            ("?", "é", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*web*", "my-web-1", true),
            ("?eb", "web", true),
            ("?eb", "eb", false),
            ("a*b*c", "aXbXbXc", true),
            ("**a", "ba", true),
            ("Web", "web", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_backslash_takes_the_meaning_away() {
        for (pattern, text, expected) in [
            (r"\*amazon\?\\", r"*amazon?\", true),
            (r"\*", "x", false),
            (r"\?", "x", false),
            (r"a\b", "ab", true),
            (r"\", r"\", true),
            (r"*\*", "a*", true),
            (r"*\*", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn any_value_of_a_filter_is_enough() {
        let filter = filter("instance-state-name", &["running", "stop*"]);
        assert!(filter.accepts("stopping"));
        assert!(!filter.accepts("pending"));
        assert!(filter.accepts_any(["pending", "running"]));
        assert!(!filter.accepts_any(Vec::<String>::new()));
    }

    #[test]
    fn tags_are_matched_by_key_value_or_both() {
        let tags = [("Name", "web-1"), ("team", "red")];
        assert_eq!(filter("tag:Name", &["web-*"]).accepts_tags(tags), Some(true));
        assert_eq!(filter("tag:Name", &["red"]).accepts_tags(tags), Some(false));
        assert_eq!(filter("tag:Absent", &["*"]).accepts_tags(tags), Some(false));
        assert_eq!(filter("tag-key", &["te?m"]).accepts_tags(tags), Some(true));
        assert_eq!(filter("tag-value", &["blue", "red"]).accepts_tags(tags), Some(true));
        assert_eq!(filter("vpc-id", &["*"]).accepts_tags(tags), None);
    }

    /// The definition, which takes exponential time.
    fn naive(pattern: &[Element], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((Element::Any, rest)), Some((_, tail))) => naive(rest, text) || naive(pattern, tail),
            (Some((Element::Any, rest)), None) => naive(rest, text),
            (Some((_, _)), None) => false,
            (Some((Element::One, rest)), Some((_, tail))) => naive(rest, tail),
            (Some((Element::Literal(wanted), rest)), Some((found, tail))) => wanted == found && naive(rest, tail),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_its_definition(pattern in r"[ab*?\\]{0,8}", text in r"[ab*\\]{0,8}") {
            let characters: Vec<_> = text.chars().collect();
            prop_assert_eq!(matches(&pattern, &text), naive(&parse(&pattern), &characters));
        }

        #[test]
        fn an_escaped_text_matches_itself_only(text in ".{0,12}", other in ".{0,12}") {
            let escaped: String = text.chars().flat_map(|character| ['\\', character]).collect();
            prop_assert!(matches(&escaped, &text));
            prop_assert_eq!(matches(&escaped, &other), text == other);
        }
    }
}
