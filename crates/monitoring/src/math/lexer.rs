//! Expressions as words.

use super::Wrong;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    Text(String),
    /// Operators and punctuation.
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 20] =
    ["==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/", "^", "<", ">", "(", ")", "[", "]", ",", "&", "|"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '0'..='9' | '.' => number(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = end(rest, |c| !c.is_ascii_alphanumeric() && c != '_');
                (Token::Name(rest[..length].to_owned()), length)
            }
            '"' | '\'' => {
                let inside = &rest[1..];
                let length =
                    inside.find(first).ok_or_else(|| Wrong::Unexpected("end of the expression in a text".into()))?;
                (Token::Text(inside[..length].to_owned()), length + 2)
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| Wrong::Unexpected(format!("character '{first}'")))?;
                (Token::Sign(sign), sign.len())
            }
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn number(text: &str) -> Result<(Token, usize), Wrong> {
    let mut length = end(text, |c| !c.is_ascii_digit() && c != '.');
    // An exponent, if digits follow.
    if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let digits = end(unsigned, |c| !c.is_ascii_digit());
        if digits > 0 {
            length = text.len() - unsigned.len() + digits;
        }
    }
    let value = text[..length].parse().map_err(|_| Wrong::Unexpected(format!("number '{}'", &text[..length])))?;
    Ok((Token::Number(value), length))
}

fn end(text: &str, is_end: impl Fn(char) -> bool) -> usize {
    text.find(is_end).unwrap_or(text.len())
}
