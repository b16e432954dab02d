//! `ERROR -timeout "exit code 1"`, `?WARN ?ERROR`, `%5\d\d%`: terms of messages without a structure. They are sought as
//! they are written, case and all.

use regex_lite::Regex;

use super::cursor::Cursor;
use super::operand::regex;
use super::{InvalidPattern, invalid};

#[derive(Debug, Default)]
pub(crate) struct Terms {
    all: Vec<Term>,
    any: Vec<Term>,
    none: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Term {
    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}

impl Terms {
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let mut cursor = Cursor::new(text);
        let mut terms = Self::default();
        loop {
            cursor.skip_space();
            if cursor.rest().is_empty() {
                break;
            }
            let list = match cursor.peek() {
                Some('?') => &mut terms.any,
                Some('-') => &mut terms.none,
                _ => &mut terms.all,
            };
            if cursor.peek().is_some_and(|next| ['?', '-'].contains(&next)) {
                cursor.next();
            }
            list.push(term(&mut cursor)?);
        }
        // User guide, Filter pattern syntax: a ? next to other terms is ignored.
        if !terms.all.is_empty() || !terms.none.is_empty() {
            terms.any.clear();
        }
        Ok(terms)
    }

    pub fn matches(&self, message: &str) -> bool {
        self.all.iter().all(|term| term.is_in(message))
            && (self.any.is_empty() || self.any.iter().any(|term| term.is_in(message)))
            && !self.none.iter().any(|term| term.is_in(message))
    }
}

fn term(cursor: &mut Cursor<'_>) -> Result<Term, InvalidPattern> {
    if cursor.take("\"") {
        return Ok(Term::Text(cursor.quoted('"')?));
    }
    if cursor.take("%") {
        return Ok(Term::Regex(regex(cursor.regex()?)?));
    }
    let word = cursor.take_while(|next| !next.is_whitespace());
    // What has other characters must stand in quotes.
    if word.is_empty() || !word.chars().all(|next| next.is_alphanumeric() || next == '_') {
        return Err(invalid(format!("Invalid character(s) in term '{word}'")));
    }
    Ok(Term::Text(word.to_owned()))
}
