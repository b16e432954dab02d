//! Words as a tree: `||` binds least, then `&&`, comparisons, sums, products, a sign, powers.

use std::collections::BTreeSet;

use super::lexer::{Token, tokens};
use super::{Wrong, functions};

/// Nested parentheses, at most.
const DEEPEST: usize = 50;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    Text(String),
    /// Another metric or expression.
    Id(String),
    Negated(Box<Expression>),
    Binary(&'static str, Box<Expression>, Box<Expression>),
    Call(String, Vec<Expression>),
    Array(Vec<Expression>),
}

impl Expression {
    /// The ids that it names. `METRICS()` names all of the request's metrics, which are none of these.
    pub fn ids(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) | Self::Text(_) => {}
            Self::Id(id) => drop(found.insert(id)),
            Self::Negated(inner) => inner.collect(found),
            Self::Binary(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
            // The words of FILL are not ids.
            Self::Call(name, arguments) if name == "FILL" => {
                arguments.iter().filter(|one| !one.is_word()).for_each(|one| one.collect(found));
            }
            Self::Call(_, arguments) | Self::Array(arguments) => arguments.iter().for_each(|one| one.collect(found)),
        }
    }

    fn is_word(&self) -> bool {
        matches!(self, Self::Id(id) if id == "REPEAT" || id == "LINEAR")
    }
}

pub(crate) fn parse(text: &str) -> Result<Expression, Wrong> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expression = parser.level(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(expression),
        Some(token) => Err(unexpected(Some(token))),
    }
}

/// Binary operators by how they bind, least first.
const LEVELS: [&[(&str, &str)]; 5] = [
    &[("||", "OR"), ("|", "OR"), ("OR", "OR")],
    &[("&&", "AND"), ("&", "AND"), ("AND", "AND")],
    &[("==", "=="), ("!=", "!="), ("<=", "<="), (">=", ">="), ("<", "<"), (">", ">")],
    &[("+", "+"), ("-", "-")],
    &[("*", "*"), ("/", "/")],
];

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn level(&mut self, level: usize) -> Result<Expression, Wrong> {
        let Some(operators) = LEVELS.get(level) else { return self.signed() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, &'static str)]) -> Option<&'static str> {
        let word = match self.tokens.get(self.at)? {
            Token::Sign(sign) => *sign,
            Token::Name(name) => name.as_str(),
            _ => return None,
        };
        let (_, operator) = operators.iter().find(|(written, _)| *written == word)?;
        self.at += 1;
        Some(operator)
    }

    fn signed(&mut self) -> Result<Expression, Wrong> {
        if self.take("-") {
            return self.deeper(|parser| Ok(Expression::Negated(Box::new(parser.signed()?))));
        }
        let base = self.primary()?;
        if self.take("^") {
            let exponent = self.deeper(Self::signed)?;
            return Ok(Expression::Binary("^", Box::new(base), Box::new(exponent)));
        }
        Ok(base)
    }

    fn primary(&mut self) -> Result<Expression, Wrong> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Text(text)) => Ok(Expression::Text(text)),
            Some(Token::Name(name)) if self.take("(") => {
                let name = name.to_ascii_uppercase();
                functions::check(&name)?;
                Ok(Expression::Call(name, self.list(")")?))
            }
            Some(Token::Name(name)) => Ok(Expression::Id(name)),
            Some(Token::Sign("[")) => Ok(Expression::Array(self.list("]")?)),
            Some(Token::Sign("(")) => {
                let inner = self.deeper(|parser| parser.level(0))?;
                self.need(")")?;
                Ok(inner)
            }
            token => Err(unexpected(token.as_ref())),
        }
    }

    fn list(&mut self, end: &'static str) -> Result<Vec<Expression>, Wrong> {
        let mut found = Vec::new();
        if self.take(end) {
            return Ok(found);
        }
        loop {
            found.push(self.deeper(|parser| parser.level(0))?);
            if self.take(end) {
                return Ok(found);
            }
            self.need(",")?;
        }
    }

    fn deeper(&mut self, parse: impl Fn(&mut Self) -> Result<Expression, Wrong>) -> Result<Expression, Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Wrong::Deep);
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn need(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.take(sign) { Ok(()) } else { Err(unexpected(self.tokens.get(self.at))) }
    }
}

fn unexpected(token: Option<&Token>) -> Wrong {
    Wrong::Unexpected(match token {
        None => "end of the expression".to_owned(),
        Some(Token::Number(number)) => format!("number {number}"),
        Some(Token::Name(name)) => format!("'{name}'"),
        Some(Token::Text(_)) => "text".to_owned(),
        Some(Token::Sign(sign)) => format!("'{sign}'"),
    })
}
