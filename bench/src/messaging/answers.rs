//! What is looked for in the answers to the load's calls.

use std::borrow::Cow;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::api::{Api, Dialect};
use super::http::Answer;

/// A message as it was received.
pub struct Received<'a> {
    pub body: Cow<'a, str>,
    pub receipt: Cow<'a, str>,
}

impl Api {
    /// How many messages a send was acknowledged for, by their ids.
    pub fn sent(&self, answer: &Answer) -> Result<usize> {
        let text = answer.text()?;
        match self.dialect {
            Dialect::Json => {
                let sent: Sent<'_> = serde_json::from_str(text).context("the answer to a send")?;
                ensure!(sent.failed.is_empty(), "entries of a batch failed: {text}");
                let one = sent.message_id.iter().filter(|id| !id.is_empty()).count();
                Ok(one + sent.successful.iter().filter(|entry| !entry.message_id.is_empty()).count())
            }
            Dialect::Query => Ok(elements(text, "MessageId").filter(|id| !id.is_empty()).count()),
        }
    }

    pub fn received<'a>(&self, answer: &'a Answer) -> Result<Vec<Received<'a>>> {
        let text = answer.text()?;
        if self.dialect == Dialect::Json {
            let received: Messages<'_> = serde_json::from_str(text).context("the answer to a receive")?;
            let messages = received.messages.unwrap_or_default().into_iter();
            return Ok(messages.map(|one| Received { body: one.body, receipt: one.receipt_handle }).collect());
        }
        let bodies = elements(text, "Body");
        let receipts = elements(text, "ReceiptHandle");
        Ok(bodies
            .zip(receipts)
            .map(|(body, receipt)| Received { body: body.into(), receipt: receipt.into() })
            .collect())
    }
}

impl Answer {
    /// The body of a success.
    pub fn text(&self) -> Result<&str> {
        let text = std::str::from_utf8(&self.body).context("an answer that is no text")?;
        if self.status != 200 {
            bail!("answered {}: {}", self.status, text.chars().take(300).collect::<String>());
        }
        Ok(text)
    }

    /// The text of the field of that name, in JSON or XML.
    pub fn field(&self, name: &str) -> Result<String> {
        let text = self.text()?;
        if text.trim_start().starts_with('{') {
            let document: serde_json::Value = serde_json::from_str(text)?;
            let found = document.get(name).or_else(|| document.get("Attributes")?.get(name));
            return found
                .and_then(|found| found.as_str())
                .map(str::to_owned)
                .with_context(|| format!("{text} has no {name}"));
        }
        // An attribute is a name and a value in XML.
        let found = elements(text, name).next().or_else(|| elements(text, "Value").next());
        found.map(str::to_owned).with_context(|| format!("{text} has no {name}"))
    }
}

/// Texts of the elements of that name, which have no children and hold nothing that XML escapes.
fn elements<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (found, after) = after.split_once(&close)?;
        rest = after;
        Some(found.trim())
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent<'a> {
    message_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    successful: Vec<SentEntry<'a>>,
    #[serde(default)]
    failed: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentEntry<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Messages<'a> {
    #[serde(borrow)]
    messages: Option<Vec<Message<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message<'a> {
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(borrow)]
    receipt_handle: Cow<'a, str>,
}
