//! What results are grouped by.

use freehold_api::ce::GroupDefinition;

use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Group {
    Dimension(Dimension),
    Tag(String),
}

impl Group {
    fn parse(names: fn(&str) -> Result<Dimension>, definition: &GroupDefinition) -> Result<Self> {
        let key = definition.key.as_deref().unwrap_or_default();
        match definition.r#type.as_deref() {
            None | Some("DIMENSION") => Ok(Self::Dimension(names(key)?)),
            Some("TAG") if key.is_empty() => Err(Error::invalid("A group of the type TAG needs the tag's key.")),
            Some("TAG") => Ok(Self::Tag(key.to_owned())),
            Some("COST_CATEGORY") => Err(Error::unsupported("Grouping by cost categories")),
            Some("PRODUCT_ATTRIBUTE") => Err(Error::unsupported("Grouping by product attributes")),
            Some(other) => Err(Error::invalid(format!("The group type {other} is not valid."))),
        }
    }

    /// Reads all; there may be up to `most`.
    pub fn read(definitions: &[GroupDefinition], most: usize) -> Result<Vec<Self>> {
        Self::read_with(Dimension::parse, definitions, most)
    }

    /// The same where resources are told apart.
    pub fn read_with_resources(definitions: &[GroupDefinition], most: usize) -> Result<Vec<Self>> {
        Self::read_with(Dimension::parse_with_resources, definitions, most)
    }

    fn read_with(
        names: fn(&str) -> Result<Dimension>,
        definitions: &[GroupDefinition],
        most: usize,
    ) -> Result<Vec<Self>> {
        if definitions.len() > most {
            return Err(Error::invalid(format!("Up to {most} groups are allowed.")));
        }
        definitions.iter().map(|definition| Self::parse(names, definition)).collect()
    }

    /// For operations that know few groups.
    pub fn narrow(
        definitions: &[GroupDefinition],
        most: usize,
        operation: &str,
        known: &[Dimension],
    ) -> Result<Vec<Dimension>> {
        let of = |group| match group {
            Self::Dimension(dimension) if known.contains(&dimension) => Ok(dimension),
            Self::Dimension(dimension) => {
                Err(Error::invalid(format!("{operation} cannot be grouped by {}.", dimension.name())))
            }
            Self::Tag(_) => Err(Error::invalid(format!("{operation} can be grouped by dimensions only."))),
        };
        Self::read(definitions, most)?.into_iter().map(of).collect()
    }

    /// As it stands in results.
    pub fn of(&self, subject: &impl Subject) -> String {
        match self {
            Self::Dimension(dimension) => subject.shown(*dimension).into_owned(),
            Self::Tag(key) => format!("{key}${}", subject.tag(key).unwrap_or_default()),
        }
    }
}
