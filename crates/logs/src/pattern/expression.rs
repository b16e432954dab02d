//! Conditions joined by `&&`, `||` and parentheses, over whatever the selectors are.

use super::cursor::Cursor;
use super::{InvalidPattern, REGEXES_AT_MOST, invalid};

/// How deep parentheses may lie in each other: what is read by recursion must have an end.
const DEPTH: usize = 32;

#[derive(Debug)]
pub(super) enum Expression<C> {
    Condition(C),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Something that conditions can be read of.
pub(super) trait Condition: Sized {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern>;
    fn has_regex(&self) -> bool;
}

impl<C: Condition> Expression<C> {
    /// Reads up to the end of the cursor's text.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let mut cursor = Cursor::new(text);
        let expression = Self::any(&mut cursor, 0)?;
        cursor.skip_space();
        if !cursor.rest().is_empty() {
            return Err(invalid(format!("\"{}\" is not expected", cursor.rest())));
        }
        Ok(expression)
    }

    /// Not more regular expressions than a pattern may have.
    pub fn count_regexes<'a>(expressions: impl IntoIterator<Item = &'a Self>) -> Result<(), InvalidPattern>
    where
        C: 'a,
    {
        let mut count = 0;
        for expression in expressions {
            expression.visit(&mut |condition| count += usize::from(condition.has_regex()));
        }
        if count > REGEXES_AT_MOST {
            return Err(invalid(format!("at most {REGEXES_AT_MOST} regular expressions are allowed")));
        }
        Ok(())
    }

    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a C)) {
        match self {
            Self::Condition(condition) => each(condition),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(each)),
        }
    }

    pub fn holds(&self, is_true: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Condition(condition) => is_true(condition),
            Self::All(parts) => parts.iter().all(|part| part.holds(is_true)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(is_true)),
        }
    }

    fn any(cursor: &mut Cursor<'_>, depth: usize) -> Result<Self, InvalidPattern> {
        Self::joined(cursor, "||", Self::Any, |cursor| {
            Self::joined(cursor, "&&", Self::All, |cursor| Self::one(cursor, depth))
        })
    }

    fn joined(
        cursor: &mut Cursor<'_>,
        sign: &str,
        join: fn(Vec<Self>) -> Self,
        read: impl Fn(&mut Cursor<'_>) -> Result<Self, InvalidPattern>,
    ) -> Result<Self, InvalidPattern> {
        let first = read(cursor)?;
        let mut parts = vec![first];
        loop {
            cursor.skip_space();
            if !cursor.take(sign) {
                break;
            }
            parts.push(read(cursor)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
    }

    fn one(cursor: &mut Cursor<'_>, depth: usize) -> Result<Self, InvalidPattern> {
        cursor.skip_space();
        if !cursor.take("(") {
            return C::read(cursor).map(Self::Condition);
        }
        if depth == DEPTH {
            return Err(invalid("parentheses lie too deep in each other"));
        }
        let inside = Self::any(cursor, depth + 1)?;
        cursor.skip_space();
        if !cursor.take(")") {
            return Err(invalid("a parenthesis is not closed"));
        }
        Ok(inside)
    }
}
