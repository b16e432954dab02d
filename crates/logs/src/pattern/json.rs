//! `{ $.status = 500 && $.path = "/api/*" }`: conditions on messages that are JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cursor::Cursor;
use super::expression::{Condition, Expression};
use super::operand::{Operand, Operator};
use super::{InvalidPattern, invalid};

#[derive(Debug)]
pub(crate) struct Json(Expression<Test>);

#[derive(Debug)]
struct Test {
    selector: Selector,
    test: What,
}

#[derive(Debug)]
enum What {
    Compare(Operator, Operand),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

/// Where in a document to look: `$.users[0].name`.
#[derive(Debug)]
struct Selector {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Element(usize),
    /// All members or elements.
    Every,
}

impl Json {
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let expression = Expression::parse(inside.ok_or_else(|| invalid("a brace is not closed"))?)?;
        Expression::count_regexes([&expression])?;
        Ok(Self(expression))
    }

    pub fn matches(&self, message: &str) -> bool {
        document(message).is_some_and(|document| self.0.holds(&|test| test.holds(&document)))
    }

    pub fn extract(&self, message: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let Some(document) = document(message) else { return found };
        self.0.visit(&mut |test| {
            if let Some(value) = test.selector.first(&document).and_then(text_of) {
                found.insert(test.selector.text.clone(), value);
            }
        });
        found
    }
}

/// What a selector finds in a message.
pub(super) fn value(message: &str, selector: &str) -> Option<String> {
    let mut cursor = Cursor::new(selector);
    let selector = Selector::read(&mut cursor).ok().filter(|_| cursor.rest().is_empty())?;
    text_of(selector.first(&document(message)?)?)
}

/// Text that begins as no document does is not read as one.
fn document(message: &str) -> Option<Value> {
    let message = message.trim_start();
    if !message.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(message).ok()
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl Condition for Test {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        let selector = Selector::read(cursor)?;
        cursor.skip_space();
        let test = if let Some(operator) = Operator::read(cursor) {
            What::Compare(operator, Operand::read(cursor, operator, |_| false)?)
        } else if cursor.take_word("IS") {
            cursor.skip_space();
            if cursor.take_word("NULL") {
                What::IsNull
            } else if cursor.take_word("TRUE") {
                What::IsTrue
            } else if cursor.take_word("FALSE") {
                What::IsFalse
            } else {
                return Err(invalid("IS is followed by NULL, TRUE or FALSE"));
            }
        } else if cursor.take_word("NOT") {
            cursor.skip_space();
            if !cursor.take_word("EXISTS") {
                return Err(invalid("NOT is followed by EXISTS"));
            }
            What::NotExists
        } else {
            return Err(invalid(format!("an operator is missing after {}", selector.text)));
        };
        Ok(Self { selector, test })
    }

    fn has_regex(&self) -> bool {
        matches!(&self.test, What::Compare(_, operand) if operand.is_regex())
    }
}

impl Test {
    fn holds(&self, document: &Value) -> bool {
        let mut found = Vec::new();
        select(document, &self.selector.steps, &mut found);
        match &self.test {
            What::NotExists => found.is_empty(),
            What::IsNull => found.iter().any(|value| value.is_null()),
            What::IsTrue => found.iter().any(|value| **value == Value::Bool(true)),
            What::IsFalse => found.iter().any(|value| **value == Value::Bool(false)),
            What::Compare(operator, operand) => found.iter().any(|value| compare(*operator, operand, value)),
        }
    }
}

/// Only scalars can be compared; what is not there is neither equal nor unequal.
fn compare(operator: Operator, operand: &Operand, value: &Value) -> bool {
    match (value, operand) {
        (Value::Number(number), Operand::Number(wanted, _)) => {
            number.as_f64().is_some_and(|number| operator.compares(number, *wanted))
        }
        (Value::Number(number), _) => operand.holds_for_text(operator, &number.to_string()),
        (Value::String(text), _) => operand.holds_for_text(operator, text),
        (Value::Bool(flag), _) => operand.holds_for_text(operator, if *flag { "true" } else { "false" }),
        (Value::Null | Value::Array(_) | Value::Object(_), _) => false,
    }
}

fn select<'a>(value: &'a Value, steps: &[Step], found: &mut Vec<&'a Value>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value);
        return;
    };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => {
            if let Some(member) = members.get(name) {
                select(member, rest, found);
            }
        }
        (Step::Element(at), Value::Array(elements)) => {
            if let Some(element) = elements.get(*at) {
                select(element, rest, found);
            }
        }
        (Step::Every, Value::Array(elements)) => elements.iter().for_each(|element| select(element, rest, found)),
        (Step::Every, Value::Object(members)) => members.values().for_each(|member| select(member, rest, found)),
        _ => {}
    }
}

impl Selector {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        let begin = cursor.rest();
        if !cursor.take("$") {
            return Err(invalid("a condition on JSON begins with $."));
        }
        let mut steps = Vec::new();
        loop {
            if cursor.take("[") {
                steps.push(bracketed(cursor)?);
            } else if cursor.take(".") {
                steps.push(member(cursor)?);
            } else {
                break;
            }
        }
        let text = begin[..begin.len() - cursor.rest().len()].to_owned();
        if steps.is_empty() {
            return Err(invalid("a selector has nothing after $"));
        }
        Ok(Self { text, steps })
    }

    fn first<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        let mut found = Vec::new();
        select(document, &self.steps, &mut found);
        found.first().copied()
    }
}

fn member(cursor: &mut Cursor<'_>) -> Result<Step, InvalidPattern> {
    if cursor.take("[") {
        return bracketed(cursor);
    }
    if cursor.take("*") {
        return Ok(Step::Every);
    }
    let name = cursor.take_while(|next| next.is_alphanumeric() || "_-@:#/".contains(next));
    if name.is_empty() { Err(invalid("a selector's name is missing")) } else { Ok(Step::Member(name.to_owned())) }
}

fn bracketed(cursor: &mut Cursor<'_>) -> Result<Step, InvalidPattern> {
    cursor.skip_space();
    let step = if cursor.take("*") {
        Step::Every
    } else if let Some(quote) = cursor.peek().filter(|next| ['\'', '"'].contains(next)) {
        cursor.next();
        Step::Member(cursor.quoted(quote)?)
    } else {
        let number = cursor.take_while(|next| next.is_ascii_digit());
        Step::Element(number.parse().map_err(|_| invalid("a selector's index is not a number"))?)
    };
    cursor.skip_space();
    if !cursor.take("]") {
        return Err(invalid("a selector's bracket is not closed"));
    }
    Ok(step)
}
