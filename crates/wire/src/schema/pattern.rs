//! A pattern of a model, compiled at most once and only if a value ever meets it.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression as AWS's models write it (Java's dialect), which the whole string must match.
#[derive(Debug)]
pub struct Pattern {
    pub text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// Whether all of `value` matches. A pattern that cannot be expressed here (look-around) lets everything pass.
    pub fn is_match(&self, value: &str) -> bool {
        match self.regex() {
            Some(regex) => regex.is_match(value),
            None => true,
        }
    }

    /// Whether the pattern can be enforced.
    pub fn is_supported(&self) -> bool {
        self.regex().is_some()
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&translate(self.text)).ok()).as_ref()
    }
}

/// Anchors the pattern and puts ranges for Unicode's general categories, which `regex-lite` does not know: exact
/// within ASCII, and every character beyond it counts as a letter, separator and digit.
fn translate(text: &str) -> String {
    let text = text
        .replace(r"\p{L}", r"a-zA-Z\x{80}-\x{10FFFF}")
        .replace(r"\p{Z}", r" \x{80}-\x{10FFFF}")
        .replace(r"\p{N}", r"0-9\x{80}-\x{10FFFF}")
        .replace(r"\/", "/");
    format!(r"^(?s:{text})$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_string_must_match() {
        let pattern = Pattern::new(r"[\w+=,.@-]+");
        assert!(pattern.is_match("role-1"));
        assert!(!pattern.is_match("role 1"));
        assert!(!pattern.is_match(""));
        assert!(!pattern.is_match("role\n"));
    }

    #[test]
    fn alternatives_are_anchored_on_both_sides() {
        let pattern = Pattern::new(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)");
        assert!(pattern.is_match("/"));
        assert!(pattern.is_match("/division/"));
        assert!(!pattern.is_match("/division"));
    }

    #[test]
    fn unicode_categories_are_known() {
        let pattern = Pattern::new(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
        assert!(pattern.is_supported());
        assert!(pattern.is_match("Größe 1"));
        assert!(!pattern.is_match("a\tb"));
    }

    #[test]
    fn what_cannot_be_expressed_passes() {
        let pattern = Pattern::new(r"^(?!aws:).*$");
        assert!(!pattern.is_supported());
        assert!(pattern.is_match("aws:x"));
    }
}
