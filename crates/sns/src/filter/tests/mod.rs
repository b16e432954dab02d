mod examples;
mod limits;
mod properties;
mod refusals;

use super::{Body, FilterPolicy, Scope};
use crate::model::{Attribute, Attributes, Value};

impl FilterPolicy {
    fn admits(&self, attributes: &Attributes, body: &str) -> bool {
        self.admits_with(attributes, &Body::new(body))
    }
}

/// `[("store", "String", "example_corp")]`
fn attributes(list: &[(&str, &str, &str)]) -> Attributes {
    list.iter()
        .map(|(name, data_type, text)| {
            let value = match *data_type {
                "Binary" => Value::Binary(text.as_bytes().to_vec().into()),
                _ => Value::Text((*text).to_owned()),
            };
            ((*name).to_owned(), Attribute { data_type: (*data_type).to_owned(), value })
        })
        .collect()
}

fn by_attributes(policy: &str, list: &[(&str, &str, &str)]) -> bool {
    FilterPolicy::parse(policy, Scope::MessageAttributes).unwrap().admits(&attributes(list), "not json")
}

fn by_body(policy: &str, body: &str) -> bool {
    FilterPolicy::parse(policy, Scope::MessageBody).unwrap().admits(&Attributes::new(), body)
}
