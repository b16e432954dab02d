//! What a field is compared with.

use regex_lite::Regex;

use super::cursor::Cursor;
use super::{InvalidPattern, invalid};

/// Symbols and operators that regular expressions may have besides letters and digits.
const REGEX_CHARACTERS: &str = "_#=@/;,-^$?[]{}|\\*+.:' ";

#[derive(Debug)]
pub(super) enum Operand {
    /// `*` stands for anything.
    Text(String),
    /// With its text, for fields that are text.
    Number(f64, String),
    Regex(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl Operator {
    /// Those of two characters come first.
    const ALL: [(&'static str, Self); 6] = [
        ("!=", Self::NotEqual),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=", Self::Equal),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    pub fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|(sign, _)| cursor.take(sign)).map(|(_, operator)| operator)
    }

    pub fn compares(self, one: f64, other: f64) -> bool {
        match self {
            Self::Equal => one == other,
            Self::NotEqual => one != other,
            Self::AtLeast => one >= other,
            Self::Above => one > other,
            Self::AtMost => one <= other,
            Self::Below => one < other,
        }
    }

    fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl Operand {
    /// Reads what follows an operator. `ends` says where a word without quotes ends.
    pub fn read(
        cursor: &mut Cursor<'_>,
        operator: Operator,
        ends: impl Fn(char) -> bool,
    ) -> Result<Self, InvalidPattern> {
        cursor.skip_space();
        if cursor.take("%") {
            return regex(cursor.regex()?).map(Self::Regex).and_then(|operand| operand.fits(operator));
        }
        if cursor.take("\"") {
            return Self::Text(cursor.quoted('"')?).fits(operator);
        }
        let word = cursor.take_while(|next| !next.is_whitespace() && !"()&|".contains(next) && !ends(next));
        if word.is_empty() {
            return Err(invalid("a value is missing after an operator"));
        }
        let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
        match number {
            Some(number) => Ok(Self::Number(number, word.to_owned())),
            None => Self::Text(word.to_owned()).fits(operator),
        }
    }

    fn fits(self, operator: Operator) -> Result<Self, InvalidPattern> {
        if operator.is_order() {
            return Err(invalid("only numbers can be compared with <, >, <= and >="));
        }
        Ok(self)
    }

    pub fn is_regex(&self) -> bool {
        matches!(self, Self::Regex(_))
    }

    /// Whether a field of this text stands in this relation to it.
    pub fn holds_for_text(&self, operator: Operator, field: &str) -> bool {
        let is_equal = match self {
            Self::Number(number, text) => match field.parse::<f64>() {
                Ok(field) => return operator.compares(field, *number),
                Err(_) => text == field,
            },
            Self::Text(pattern) => glob(pattern, field),
            Self::Regex(regex) => regex.is_match(field),
        };
        match operator {
            Operator::Equal => is_equal,
            Operator::NotEqual => !is_equal,
            _ => false,
        }
    }
}

/// Compiles a regular expression of the kind that is allowed here.
pub(super) fn regex(text: &str) -> Result<Regex, InvalidPattern> {
    let is_allowed = |next: char| next.is_ascii_alphanumeric() || REGEX_CHARACTERS.contains(next);
    // A parenthesis that is escaped is a character like all other.
    let mut plain = text.to_owned();
    for escaped in ["\\(", "\\)", "\\%", "\\!", "\\\"", "\\<", "\\>", "\\&", "\\~"] {
        plain = plain.replace(escaped, "");
    }
    if text.is_empty() || !plain.chars().all(is_allowed) {
        return Err(invalid(format!("the regular expression %{text}% has characters that are not supported")));
    }
    // `\%` is an escape of the pattern, not of the expression.
    Regex::new(&text.replace("\\%", "%")).map_err(|_| invalid(format!("%{text}% is not a regular expression")))
}

/// Whether `text` is what `pattern` says, where `*` stands for anything.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}
