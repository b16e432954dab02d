//! Texts with wildcards and variables: `arn:aws:ec2:*:${aws:PrincipalAccount}:instance/i-?*`.

use super::Context;

/// A pattern with its variables filled in. What came from a variable is literal, wildcards included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Any,
}

impl Pattern {
    /// A pattern without variables.
    pub(super) fn plain(text: &str) -> Self {
        Self { tokens: text.chars().map(Token::wild).collect() }
    }

    /// A pattern whose variables stand for what the request has. `None` if it has not got one of them, or a
    /// variable is not closed: such a pattern matches nothing (*IAM user guide, Policy variables*).
    pub(super) fn filled(text: &str, context: &Context) -> Option<Self> {
        let mut tokens = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            tokens.extend(before.chars().map(Token::wild));
            let (variable, after) = after.split_once('}')?;
            tokens.extend(value_of(variable, context)?.chars().map(Token::Literal));
            rest = after;
        }
        tokens.extend(rest.chars().map(Token::wild));
        Some(Self { tokens })
    }

    /// Whether the pattern's wildcards mean nothing and the rest is `text`.
    pub(super) fn equals(&self, text: &str) -> bool {
        self.tokens.len() == text.chars().count()
            && self.tokens.iter().zip(text.chars()).all(|(token, character)| token.written() == character)
    }

    /// [`Self::equals`] whatever the case.
    pub(super) fn equals_ignoring_case(&self, text: &str) -> bool {
        let own: String = self.tokens.iter().map(Token::written).collect();
        own.to_lowercase() == text.to_lowercase()
    }

    /// Whether `text` as a whole fits. Takes time proportional to the product of both lengths at worst.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let tokens = &self.tokens;
        let (mut at, mut position) = (0, 0);
        // Where to go on when the last `*` has to take one character more.
        let mut retry: Option<(usize, usize)> = None;
        while position < text.len() {
            match tokens.get(at) {
                Some(Token::Any) => {
                    retry = Some((at, position));
                    at += 1;
                }
                Some(Token::One) => (at, position) = (at + 1, position + 1),
                Some(Token::Literal(character)) if *character == text[position] => {
                    (at, position) = (at + 1, position + 1);
                }
                _ => {
                    let Some((star, taken)) = retry else { return false };
                    retry = Some((star, taken + 1));
                    (at, position) = (star + 1, taken + 1);
                }
            }
        }
        tokens[at..].iter().all(|token| *token == Token::Any)
    }

    /// [`Self::matches`] for ARNs: each of the first five parts on its own, so that no wildcard crosses a colon
    /// there (*IAM user guide, ARN condition operators*).
    pub(super) fn matches_arn(&self, text: &str) -> bool {
        let parts: Vec<Self> = self
            .tokens
            .splitn(6, |token| *token == Token::Literal(':'))
            .map(|tokens| Self { tokens: tokens.into() })
            .collect();
        let texts: Vec<&str> = text.splitn(6, ':').collect();
        if parts.len() == 1 {
            return self.matches(text);
        }
        parts.len() == texts.len() && parts.iter().zip(texts).all(|(part, text)| part.matches(text))
    }
}

impl Token {
    fn wild(character: char) -> Self {
        match character {
            '*' => Self::Any,
            '?' => Self::One,
            other => Self::Literal(other),
        }
    }

    fn written(&self) -> char {
        match self {
            Self::Any => '*',
            Self::One => '?',
            Self::Literal(character) => *character,
        }
    }
}

/// The text that a variable stands for: `aws:username`, with a default (`aws:username, 'nobody'`), or one of the
/// three characters that cannot be written otherwise.
fn value_of(variable: &str, context: &Context) -> Option<String> {
    if matches!(variable, "*" | "?" | "$") {
        return Some(variable.to_owned());
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().strip_prefix('\'')?.strip_suffix('\'')?)),
        None => (variable, None),
    };
    match context.get(key.trim()) {
        Some([value]) => Some(value.clone()),
        _ => default.map(str::to_owned),
    }
}
