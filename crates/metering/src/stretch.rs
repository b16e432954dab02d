//! Something that was used from one moment to another.

use std::collections::BTreeMap;

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Month, Used};

/// One use of one resource, whole. Written once, at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    id: String,
    /// 12 digits.
    pub account: String,
    /// `i-…`, `vol-…`, or an ARN.
    pub resource: String,
    pub used: Used,
    pub from: Timestamp,
    pub to: Timestamp,
    /// It goes on from another stretch of the same use, which was at another price: what is paid at least is paid by the first.
    #[serde(default)]
    pub goes_on: bool,
    /// As they were at the end.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl Stretch {
    /// The same resource's same use from the same moment is the same row.
    pub fn new(account: &str, resource: &str, used: Used, (from, to): (Timestamp, Timestamp)) -> Self {
        let id = format!("{resource}/{}/{}", used.name(), from.as_millisecond());
        let (account, resource) = (account.to_owned(), resource.to_owned());
        Self { id, account, resource, used, from, to: to.max(from), goes_on: false, tags: BTreeMap::new() }
    }

    /// As a part of a use that is not its first.
    pub fn going_on(self) -> Self {
        Self { goes_on: true, ..self }
    }

    pub fn with_tags<K: Into<String>, V: Into<String>>(mut self, tags: impl IntoIterator<Item = (K, V)>) -> Self {
        self.tags = tags.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        self
    }
}

impl Document for Stretch {
    const KIND: &'static str = "metering.stretch";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// By the month of the end: what reaches into a period ended in it or later.
    fn index(&self) -> [Option<String>; 3] {
        [Some(Month::of(self.to).to_string()), None, None]
    }
}
