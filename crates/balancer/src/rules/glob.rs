//! Patterns of rules: `*` is any run of characters, also none, `?` any one character.

#[derive(Debug, Clone)]
pub struct Glob {
    pattern: Box<[u8]>,
    ignores_case: bool,
}

impl Glob {
    pub fn with_case(pattern: &str) -> Glob {
        Glob { pattern: pattern.as_bytes().into(), ignores_case: false }
    }

    pub fn without_case(pattern: &str) -> Glob {
        Glob { pattern: pattern.to_ascii_lowercase().into_bytes().into(), ignores_case: true }
    }

    /// Goes back to the last `*` only, so its time is at most the product of both lengths.
    pub fn matches(&self, text: &[u8]) -> bool {
        let pattern = &*self.pattern;
        let (mut at, mut position) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while position < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    retry = Some((at, position));
                    at += 1;
                }
                Some(wanted) if *wanted == b'?' || self.same(*wanted, text[position]) => {
                    at += 1;
                    position += 1;
                }
                _ => match retry {
                    Some((star, from)) => {
                        retry = Some((star, from + 1));
                        at = star + 1;
                        position = from + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|left| *left == b'*')
    }

    fn same(&self, wanted: u8, found: u8) -> bool {
        wanted == if self.ignores_case { found.to_ascii_lowercase() } else { found }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a pattern means, said slowly.
    fn matches_by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => (0..=text.len()).any(|skip| matches_by_definition(rest, &text[skip..])),
            (Some((b'?', rest)), Some((_, text))) => matches_by_definition(rest, text),
            (Some((wanted, rest)), Some((found, text))) => wanted == found && matches_by_definition(rest, text),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_glob_matches_what_its_definition_says(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let expected = matches_by_definition(pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(Glob::with_case(&pattern).matches(text.as_bytes()), expected);
        }
    }

    #[test]
    fn case_counts_only_where_it_should() {
        assert!(Glob::without_case("*.EXAMPLE.com").matches(b"a.example.COM"));
        assert!(!Glob::with_case("/A").matches(b"/a"));
    }
}
