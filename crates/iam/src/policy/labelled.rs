//! The statements of a resource's policy by their labels, as AddPermission and RemovePermission of several services edit
//! them: a label is a statement's `Sid`.

use freehold_core::Arn;
use serde_json::{Map, Value, json};

/// Characters of a label.
const MOST: usize = 80;

/// Whether the text may be a label: letters, digits, hyphens and underscores.
pub fn is_label(text: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MOST).contains(&text.len()) && text.bytes().all(is_good)
}

/// A policy that is being edited. What it may say is checked by whoever stores it.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// Everything but the statements.
    document: Map<String, Value>,
    statements: Vec<Value>,
}

impl Labelled {
    /// A policy without statements.
    pub fn new(version: &str, id: &str) -> Self {
        let document = [("Version".to_owned(), version.into()), ("Id".to_owned(), id.into())].into_iter().collect();
        Self { document, statements: Vec::new() }
    }

    /// `None` if the text is not a JSON object. One statement may stand without its list.
    pub fn read(text: &str) -> Option<Self> {
        let mut document: Map<String, Value> = serde_json::from_str(text).ok()?;
        let statements = match document.remove("Statement") {
            Some(Value::Array(many)) => many,
            Some(one) => vec![one],
            None => Vec::new(),
        };
        Some(Self { document, statements })
    }

    pub fn has(&self, label: &str) -> bool {
        self.statements.iter().any(|statement| is_labelled(statement, label))
    }

    /// How many statements there are.
    pub fn count(&self) -> usize {
        self.statements.len()
    }

    /// Adds a statement that allows accounts to do something with the resource. `actions` are written as
    /// `SQS:SendMessage`.
    pub fn allow(&mut self, label: &str, accounts: &[String], actions: impl Iterator<Item = String>, resource: &str) {
        let roots = accounts.iter().map(|account| Arn::root(account).to_string());
        self.statements.push(json!({
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": one_or_many(roots)},
            "Action": one_or_many(actions),
            "Resource": resource,
        }));
    }

    /// Takes the statement away; whether it was there.
    pub fn remove(&mut self, label: &str) -> bool {
        let before = self.statements.len();
        self.statements.retain(|statement| !is_labelled(statement, label));
        self.statements.len() < before
    }

    /// The policy; `None` if no statement is left.
    pub fn text(mut self) -> Option<String> {
        if self.statements.is_empty() {
            return None;
        }
        self.document.insert("Statement".into(), self.statements.into());
        Some(Value::Object(self.document).to_string())
    }
}

fn is_labelled(statement: &Value, label: &str) -> bool {
    statement.get("Sid").and_then(Value::as_str) == Some(label)
}

/// A list of one is written without the list.
fn one_or_many(texts: impl Iterator<Item = String>) -> Value {
    let mut texts: Vec<Value> = texts.map(Value::from).collect();
    if texts.len() == 1 { texts.swap_remove(0) } else { texts.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Kind, Policy};

    const RESOURCE: &str = "arn:aws:sqs:us-east-1:111122223333:jobs";

    fn allow(policy: &mut Labelled, label: &str) {
        policy.allow(label, &["444455556666".into()], ["SQS:SendMessage".to_owned()].into_iter(), RESOURCE);
    }

    #[test]
    fn statements_come_and_go_and_leave_a_policy_or_none() {
        let mut policy = Labelled::new("2012-10-17", "mine");
        allow(&mut policy, "a");
        allow(&mut policy, "b");
        assert!(policy.has("a") && policy.has("b") && !policy.has("c"));
        let text = policy.text().unwrap();
        assert!(Policy::parse(&text, Kind::Resource).is_ok(), "{text}");
        let mut policy = Labelled::read(&text).unwrap();
        assert!(!policy.remove("c") && policy.remove("a"));
        assert_eq!(policy.count(), 1);
        assert!(policy.remove("b"));
        assert_eq!(policy.text(), None);
    }

    #[test]
    fn a_statement_without_a_list_gets_one_and_the_rest_stays() {
        let mut policy = Labelled::read(r#"{"Id":"x","Statement":{"Sid":"own","Effect":"Deny"}}"#).unwrap();
        allow(&mut policy, "a");
        let text = policy.text().unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((value["Id"].as_str(), value["Statement"][0]["Sid"].as_str()), (Some("x"), Some("own")));
        assert_eq!(value["Statement"][1]["Principal"]["AWS"], "arn:aws:iam::444455556666:root");
        assert!(Labelled::read("[]").is_none() && Labelled::read("{").is_none());
    }

    #[test]
    fn labels_are_short_words() {
        assert!(is_label("a") && is_label(&"a-_1".repeat(20)));
        for text in ["", "a b", "é", &"a".repeat(81)] {
            assert!(!is_label(text), "{text}");
        }
    }
}
