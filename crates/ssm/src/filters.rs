//! Filters over parameters (*API reference, ParameterStringFilter*).

use freehold_api::ssm::{ParameterStringFilter, ParametersFilter};

use crate::errors::Error;
use crate::parameter::{DATA_TYPE, Parameter, TIER, TYPE};

/// A filter of a request, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    key: Key,
    option: Compare,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    Path,
    Type,
    Tier,
    DataType,
    /// Tags, labels and encryption keys, which no public parameter has.
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Equals,
    BeginsWith,
    Contains,
    Recursive,
    OneLevel,
}

impl Filter {
    /// One of `ParameterFilters`.
    pub fn read(filter: ParameterStringFilter) -> Result<Self, Error> {
        const KEYS: &str = "tag:, Name, Type, KeyId, Path, Label, Tier, DataType";
        let name = filter.key.unwrap_or_default();
        let key = match name.as_str() {
            "Name" => Key::Name,
            "Path" => Key::Path,
            "Type" => Key::Type,
            "Tier" => Key::Tier,
            "DataType" => Key::DataType,
            "KeyId" | "Label" => Key::Absent,
            tag if tag.starts_with("tag:") => Key::Absent,
            _ => return Err(Error::InvalidFilterKey(name, KEYS)),
        };
        let option = filter.option.unwrap_or_else(|| match key {
            Key::Path => "OneLevel".to_owned(),
            _ => "Equals".to_owned(),
        });
        let option = match (key, option.as_str()) {
            (Key::Path, "Recursive") => Compare::Recursive,
            (Key::Path, "OneLevel") => Compare::OneLevel,
            (Key::Path, _) => return Err(Error::InvalidFilterOption(option, "Recursive, OneLevel")),
            (_, "Equals") => Compare::Equals,
            (_, "BeginsWith") => Compare::BeginsWith,
            (Key::Name, "Contains") => Compare::Contains,
            (Key::Name, _) => return Err(Error::InvalidFilterOption(option, "Equals, BeginsWith, Contains")),
            _ => return Err(Error::InvalidFilterOption(option, "Equals, BeginsWith")),
        };
        let values = filter.values.unwrap_or_default();
        if values.is_empty() && !matches!(key, Key::Absent) {
            return Err(Error::InvalidFilterValue("The filter must have at least one value."));
        }
        if key == Key::Path && values.iter().any(|path| !path.starts_with('/')) {
            return Err(Error::InvalidFilterValue("The path must begin with a slash (/)."));
        }
        Ok(Self { key, option, values })
    }

    /// One of the older `Filters`, which know equality only.
    pub fn read_old(filter: ParametersFilter) -> Result<Self, Error> {
        Self::read(ParameterStringFilter { key: filter.key, option: None, values: filter.values })
    }

    /// Whether the filter asks for public parameters: by a name or path below `/aws`. Others are about the caller's
    /// own.
    pub fn is_public(&self) -> bool {
        matches!(self.key, Key::Name | Key::Path)
            && self.values.iter().any(|value| value == "/aws" || value.starts_with("/aws/"))
    }

    pub fn selects(&self, parameter: &Parameter) -> bool {
        let text = match self.key {
            Key::Name | Key::Path => parameter.name,
            Key::Type => TYPE,
            Key::Tier => TIER,
            Key::DataType => DATA_TYPE,
            Key::Absent => return false,
        };
        self.values.iter().any(|value| match self.option {
            Compare::Equals => text == value,
            Compare::BeginsWith => text.starts_with(value.as_str()),
            Compare::Contains => text.contains(value.as_str()),
            Compare::Recursive => is_below(text, value, true),
            Compare::OneLevel => is_below(text, value, false),
        })
    }
}

/// Whether `name` stands in the hierarchy `path`; right below it unless `recursive`.
pub(crate) fn is_below(name: &str, path: &str, recursive: bool) -> bool {
    let path = path.trim_end_matches('/');
    name.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| recursive || !rest.contains('/'))
}
