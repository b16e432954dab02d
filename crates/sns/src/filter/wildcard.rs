//! `{"wildcard": "order-*-eu"}`: a star stands for any characters, or none; `\*` and `\\` for themselves.

use super::Invalid;

/// The literal pieces between the stars: one more than there are stars.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wildcard(Box<[Box<str>]>);

impl Wildcard {
    pub(super) fn parse(pattern: &str) -> Result<Self, Invalid> {
        let mut pieces = vec![String::new()];
        let mut characters = pattern.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            // AWS counts bytes, and the quote in front of the string.
            let position = at + 1;
            let next = characters.peek().map(|(_, next)| *next);
            match (character, next) {
                ('*', Some('*')) => {
                    return Err(Invalid::because(format!("Consecutive wildcard characters at pos {position}")));
                }
                ('*', _) => pieces.push(String::new()),
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    characters.next();
                    push(&mut pieces, escaped);
                }
                ('\\', _) => return Err(Invalid::because(format!("Invalid escape character at pos {position}"))),
                _ => push(&mut pieces, character),
            }
        }
        Ok(Self(pieces.into_iter().map(String::into_boxed_str).collect()))
    }

    /// The first piece must begin the text and the last end it; those between are taken where they come first, which
    /// leaves the most for the rest.
    pub(super) fn fits(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &*self.0 else {
            // Without a star there is one piece.
            return self.0.first().is_some_and(|only| **only == *text);
        };
        let Some(mut rest) = text.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
            return false;
        };
        for piece in middle {
            match rest.find(&**piece) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

fn push(pieces: &mut [String], character: char) {
    if let Some(last) = pieces.last_mut() {
        last.push(character);
    }
}
