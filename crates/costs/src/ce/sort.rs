//! Puts results into the order that is asked for.

use freehold_api::ce::SortDefinition;
use rust_decimal::Decimal;

use super::errors::{Error, Result};

/// What a caller may sort by, read.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub key: String,
    is_descending: bool,
}

impl Order {
    /// `known` are AWS's names of keys for this operation.
    pub fn read(definition: Option<SortDefinition>, known: &[&str]) -> Result<Option<Self>> {
        let Some(SortDefinition { key, sort_order }) = definition else { return Ok(None) };
        let key = key.unwrap_or_default();
        if !known.contains(&key.as_str()) {
            return Err(Error::invalid(format!("SortBy key {key} is not valid: it is one of {}.", known.join(", "))));
        }
        Ok(Some(Self { key, is_descending: sort_order.as_deref() != Some("ASCENDING") }))
    }

    /// Sorts by a figure; what is equal stays in its order.
    pub fn sort<T>(&self, items: &mut [T], figure: impl Fn(&T) -> Decimal) {
        items.sort_by(|a, b| {
            let order = figure(a).cmp(&figure(b));
            if self.is_descending { order.reverse() } else { order }
        });
    }

    /// The same by a text.
    pub fn sort_texts<T>(&self, items: &mut [T], text: impl Fn(&T) -> String) {
        items.sort_by(|a, b| {
            let order = text(a).cmp(&text(b));
            if self.is_descending { order.reverse() } else { order }
        });
    }
}
