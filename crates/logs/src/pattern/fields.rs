//! `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`: messages whose fields stand between spaces, and may be
//! held together by brackets or quotes.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::expression::{Condition, Expression};
use super::operand::{Operand, Operator};
use super::{InvalidPattern, invalid};

#[derive(Debug)]
pub(crate) struct Fields {
    before: Vec<Field>,
    /// What follows `...`, if there is one.
    after: Option<Vec<Field>>,
}

#[derive(Debug)]
struct Field {
    /// Empty where it has none.
    name: String,
    expression: Option<Expression<Test>>,
}

#[derive(Debug)]
struct Test {
    name: String,
    operator: Operator,
    operand: Operand,
}

impl Fields {
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let inside = inside.ok_or_else(|| invalid("a bracket is not closed"))?;
        let mut fields = Self { before: Vec::new(), after: None };
        for item in items(inside)? {
            let item = item.trim();
            match (&mut fields.after, item == "...") {
                (Some(_), true) => return Err(invalid("... may stand once")),
                (None, true) => fields.after = Some(Vec::new()),
                (Some(after), false) => after.push(Field::parse(item)?),
                (None, false) => fields.before.push(Field::parse(item)?),
            }
        }
        Expression::count_regexes(fields.all().filter_map(|field| field.expression.as_ref()))?;
        Ok(fields)
    }

    pub fn matches(&self, message: &str) -> bool {
        self.assigned(message).is_some_and(|assigned| assigned.iter().all(|(_, field, text)| field.admits(text)))
    }

    pub fn extract(&self, message: &str) -> BTreeMap<String, String> {
        let named = |(at, field, text): (usize, &Field, &str)| {
            let name = if field.name.is_empty() { format!("${at}") } else { format!("${}", field.name) };
            (name, text.to_owned())
        };
        self.assigned(message).unwrap_or_default().into_iter().map(named).collect()
    }

    /// Whether a field has this name, or this place if none has.
    pub fn has(&self, name: &str) -> bool {
        self.all().any(|field| !field.name.is_empty() && field.name == name) || name.parse::<usize>().is_ok()
    }

    fn all(&self) -> impl Iterator<Item = &Field> {
        self.before.iter().chain(self.after.iter().flatten())
    }

    /// Each field with its place in the message, counted from 1, and its text. A message with another number of fields
    /// has none.
    fn assigned<'a, 'm>(&'a self, message: &'m str) -> Option<Vec<(usize, &'a Field, &'m str)>> {
        let parts = split(message);
        let after = self.after.as_deref().unwrap_or_default();
        let wanted = self.before.len() + after.len();
        let fits = if self.after.is_some() { parts.len() >= wanted } else { parts.len() == wanted };
        if !fits {
            return None;
        }
        let from = parts.len() - after.len();
        let first = self.before.iter().enumerate();
        let last = after.iter().enumerate().map(|(at, field)| (from + at, field));
        Some(first.chain(last).map(|(at, field)| (at + 1, field, parts[at])).collect())
    }
}

impl Field {
    fn parse(item: &str) -> Result<Self, InvalidPattern> {
        if item.chars().all(is_part_of_name) {
            return Ok(Self { name: item.to_owned(), expression: None });
        }
        let expression = Expression::<Test>::parse(item)?;
        let mut names = Vec::new();
        expression.visit(&mut |test| names.push(test.name.as_str()));
        let name = names.first().copied().unwrap_or_default().to_owned();
        if names.iter().any(|other| *other != name) {
            return Err(invalid(format!("the conditions of the field {name} name another field")));
        }
        Ok(Self { name, expression: Some(expression) })
    }

    fn admits(&self, text: &str) -> bool {
        let holds = |test: &Test| test.operand.holds_for_text(test.operator, text);
        self.expression.as_ref().is_none_or(|expression| expression.holds(&holds))
    }
}

impl Condition for Test {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        let name = cursor.take_while(is_part_of_name).to_owned();
        if name.is_empty() {
            return Err(invalid("a field's name is missing"));
        }
        cursor.skip_space();
        let operator = Operator::read(cursor).ok_or_else(|| invalid(format!("an operator is missing after {name}")))?;
        let operand = Operand::read(cursor, operator, |_| false)?;
        Ok(Self { name, operator, operand })
    }

    fn has_regex(&self) -> bool {
        self.operand.is_regex()
    }
}

fn is_part_of_name(next: char) -> bool {
    next.is_alphanumeric() || "_-".contains(next)
}

/// What stands between commas, except those in quotes and in regular expressions.
fn items(inside: &str) -> Result<Vec<&str>, InvalidPattern> {
    let mut items = Vec::new();
    let (mut start, mut cursor) = (0, Cursor::new(inside));
    while let Some(next) = cursor.next() {
        match next {
            '"' => drop(cursor.quoted('"')?),
            '%' => drop(cursor.regex()?),
            ',' => {
                let at = inside.len() - cursor.rest().len();
                items.push(&inside[start..at - 1]);
                start = at;
            }
            _ => {}
        }
    }
    items.push(&inside[start..]);
    Ok(items)
}

/// The fields of a message, without the brackets and quotes that hold them together.
fn split(message: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = message.trim_start();
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '[' => Some(']'),
            '"' => Some('"'),
            _ => None,
        };
        let held = closing.and_then(|closing| rest[1..].find(closing));
        let (field, next) = match held {
            Some(length) => (&rest[1..=length], &rest[length + 2..]),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        fields.push(field);
        rest = next.trim_start();
    }
    fields
}
