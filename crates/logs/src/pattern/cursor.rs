//! A place in a pattern's text.

use super::{InvalidPattern, invalid};

pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    /// Passes over `what`, if it comes next.
    pub fn take(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    /// Passes over a word in any case that nothing of the same word follows.
    pub fn take_word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let is_word = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest[word.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if is_word {
            self.at += word.len();
        }
        is_word
    }

    pub fn take_while(&mut self, mut is_part: impl FnMut(char) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&mut is_part) {
            self.next();
        }
        &self.text[start..self.at]
    }

    /// The inside of quotes, after the opening one. A backslash keeps the next character from meaning anything.
    pub fn quoted(&mut self, quote: char) -> Result<String, InvalidPattern> {
        let mut inside = String::new();
        loop {
            match self.next().ok_or_else(|| invalid("a quote is not closed"))? {
                '\\' if self.rest().starts_with([quote, '\\']) => inside.extend(self.next()),
                next if next == quote => return Ok(inside),
                next => inside.push(next),
            }
        }
    }

    /// A regular expression, after the opening `%`.
    pub fn regex(&mut self) -> Result<&'a str, InvalidPattern> {
        let start = self.at;
        loop {
            match self.next() {
                Some('%') => return Ok(&self.text[start..self.at - 1]),
                Some('\\') => drop(self.next()),
                Some(_) => {}
                None => return Err(invalid("a regular expression is not closed by %")),
            }
        }
    }
}
