//! The filters of DescribeAutoScalingGroups: by tags (*API reference, DescribeAutoScalingGroups: Filters*).

use freehold_api::autoscaling::Filter;

use crate::errors::{Error, Result};
use crate::model::Group;

enum Test {
    Key,
    Value,
    Tag(String),
}

pub(super) struct Filters(Vec<(Test, Vec<String>)>);

impl Filters {
    pub fn parse(said: Option<Vec<Filter>>) -> Result<Self> {
        let mut filters = Vec::new();
        for filter in said.unwrap_or_default() {
            let name = filter.name.unwrap_or_default();
            let test = match name.as_str() {
                "tag-key" => Test::Key,
                "tag-value" => Test::Value,
                _ => match name.strip_prefix("tag:") {
                    Some(key) => Test::Tag(key.to_owned()),
                    None => return Err(Error::validation(format!("Filter {name} is not valid"))),
                },
            };
            filters.push((test, filter.values.unwrap_or_default()));
        }
        Ok(Self(filters))
    }

    pub fn admit(&self, group: &Group) -> bool {
        self.0.iter().all(|(test, wanted)| match test {
            Test::Key => group.tags.keys().any(|key| wanted.contains(key)),
            Test::Value => group.tags.values().any(|tag| wanted.contains(&tag.value)),
            Test::Tag(key) => group.tags.get(key).is_some_and(|tag| wanted.contains(&tag.value)),
        })
    }
}
