//! Filters of GetProducts.

use freehold_api::pricing::Filter;

use super::super::errors::{Error, Result};
use super::super::product::Listed;

/// A filter, read.
#[derive(Debug)]
pub(super) struct Test {
    field: String,
    how: How,
}

#[derive(Debug)]
enum How {
    Is(String),
    Contains(String),
    AnyOf(Vec<String>),
    NoneOf(Vec<String>),
}

impl Test {
    pub fn read(filter: Filter) -> Result<Self> {
        let (field, value) = (filter.field.unwrap_or_default(), filter.value.unwrap_or_default());
        let list = || value.split(',').map(|one| one.trim().to_owned()).collect();
        let how = match filter.r#type.as_deref() {
            Some("TERM_MATCH" | "EQUALS") => How::Is(value),
            Some("CONTAINS") => How::Contains(value),
            Some("ANY_OF") => How::AnyOf(list()),
            Some("NONE_OF") => How::NoneOf(list()),
            other => {
                let other = other.unwrap_or_default();
                return Err(Error::InvalidParameter(format!("The filter type {other} is not valid.")));
            }
        };
        Ok(Self { field, how })
    }

    /// Products without the field match nothing but what they must not have. Of terms any one will do.
    pub fn is_met(&self, listed: &Listed) -> bool {
        let mut values = self.values(listed).into_iter();
        match &self.how {
            How::Is(wanted) => values.any(|value| value == wanted),
            How::Contains(part) => values.any(|value| value.contains(part.as_str())),
            How::AnyOf(wanted) => values.any(|value| wanted.iter().any(|one| one == value)),
            How::NoneOf(unwanted) => !values.any(|value| unwanted.iter().any(|one| one == value)),
        }
    }

    /// Names of fields are written with capitals and without: `ServiceCode` is the attribute `servicecode`.
    fn values<'a>(&self, listed: &'a Listed) -> Vec<&'a str> {
        if self.field.eq_ignore_ascii_case("productFamily") {
            return vec![listed.family];
        }
        if self.field.eq_ignore_ascii_case("sku") {
            return vec![&listed.sku];
        }
        if let Some((_, values)) = listed.terms.iter().find(|(name, _)| name.eq_ignore_ascii_case(&self.field)) {
            return values.to_vec();
        }
        let found = listed.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(&self.field));
        found.map(|(_, value)| value.as_str()).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::product::Attributes;
    use super::*;

    #[test]
    fn each_kind_of_filter_looks_at_the_field() {
        let attributes =
            Attributes::from([("instanceType", "m5.large".to_owned()), ("servicecode", "AmazonEC2".to_owned())]);
        const TERMS: &[(&str, &[&str])] = &[("termType", &["OnDemand", "Reserved"])];
        let listed = Listed { sku: "S".into(), family: "Compute Instance", attributes, terms: TERMS };
        let is_met = |kind: &str, field: &str, value: &str| {
            let [kind, field, value] = [kind, field, value].map(|text| Some(text.to_owned()));
            Test::read(Filter { r#type: kind, field, value }).unwrap().is_met(&listed)
        };
        assert!(is_met("TERM_MATCH", "ServiceCode", "AmazonEC2"));
        assert!(is_met("EQUALS", "instanceType", "m5.large") && !is_met("EQUALS", "instanceType", "m5"));
        assert!(is_met("CONTAINS", "instanceType", "5.l") && !is_met("CONTAINS", "tenancy", ""));
        assert!(is_met("ANY_OF", "instanceType", "t3.micro, m5.large"));
        assert!(!is_met("NONE_OF", "instanceType", "m5.large") && is_met("NONE_OF", "tenancy", "Shared"));
        assert!(is_met("TERM_MATCH", "productFamily", "Compute Instance"));
        assert!(is_met("TERM_MATCH", "termType", "OnDemand") && is_met("TERM_MATCH", "termType", "Reserved"));
        assert!(!is_met("NONE_OF", "termType", "Reserved") && !is_met("TERM_MATCH", "OfferingClass", "standard"));
    }
}
