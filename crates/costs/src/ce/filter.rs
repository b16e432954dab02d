//! Expressions that charges must satisfy (*Cost Explorer API reference, Expression*).

use freehold_api::ce::{DimensionValues, Expression, TagValues};

use super::dimension::{Dimension, Subject};
use super::errors::{Error, Result};

#[derive(Debug)]
pub(super) enum Filter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Dimension(Dimension, Vec<String>),
    /// Any of these values.
    Tag(String, Vec<String>),
    /// Without this tag.
    Absent(String),
    /// Without any.
    Untagged,
}

/// Expressions within expressions; AWS says no number, and a stack has an end.
const DEEPEST: usize = 32;

/// What names of dimensions are read with.
type Names = fn(&str) -> Result<Dimension>;

impl Filter {
    /// Of a request for costs.
    pub fn read(expression: Option<Expression>) -> Result<Option<Self>> {
        Self::read_with(Dimension::parse, expression)
    }

    /// Of a request that tells resources apart.
    pub fn read_with_resources(expression: Option<Expression>) -> Result<Option<Self>> {
        Self::read_with(Dimension::parse_with_resources, expression)
    }

    fn read_with(names: Names, expression: Option<Expression>) -> Result<Option<Self>> {
        expression.map(|expression| Self::parse(names, expression, 0)).transpose()
    }

    /// Whether all that passes has one of some values of this dimension.
    pub fn demands(&self, wanted: Dimension) -> bool {
        match self {
            Self::And(parts) => parts.iter().any(|part| part.demands(wanted)),
            Self::Or(parts) => parts.iter().all(|part| part.demands(wanted)),
            Self::Dimension(dimension, _) => *dimension == wanted,
            Self::Not(_) | Self::Tag(..) | Self::Absent(_) | Self::Untagged => false,
        }
    }

    /// Of a request about commitments, which look at fewer things and only at all of them together.
    pub fn narrow(expression: Option<Expression>, operation: &str, known: &[Dimension]) -> Result<Option<Self>> {
        let filter = Self::read(expression)?;
        if let Some(filter) = &filter {
            filter.check_narrow(operation, known)?;
        }
        Ok(filter)
    }

    fn check_narrow(&self, operation: &str, known: &[Dimension]) -> Result<()> {
        match self {
            Self::And(parts) => parts.iter().try_for_each(|part| part.check_narrow(operation, known)),
            Self::Dimension(dimension, _) if known.contains(dimension) => Ok(()),
            Self::Dimension(dimension, _) => {
                Err(Error::invalid(format!("{operation} cannot be filtered by the dimension {}.", dimension.name())))
            }
            Self::Or(_) | Self::Not(_) => {
                Err(Error::invalid(format!("{operation} supports only And between dimensions.")))
            }
            Self::Tag(..) | Self::Absent(_) | Self::Untagged => {
                Err(Error::unsupported(format_args!("Filtering {operation} by tags")))
            }
        }
    }

    fn parse(names: Names, expression: Expression, depth: usize) -> Result<Self> {
        if depth > DEEPEST {
            return Err(Error::invalid("The filter is nested too deeply."));
        }
        let Expression { or, and, not, dimensions, tags, cost_categories, product_attributes } = expression;
        if cost_categories.is_some() {
            return Err(Error::unsupported("Filtering by cost categories"));
        }
        if product_attributes.is_some() {
            return Err(Error::unsupported("Filtering by product attributes"));
        }
        let list = |name: &str, parts: Vec<Expression>| {
            if parts.len() < 2 {
                return Err(Error::invalid(format!("{name} expression must have at least 2 operands")));
            }
            parts.into_iter().map(|part| Self::parse(names, part, depth + 1)).collect::<Result<Vec<_>>>()
        };
        match (or, and, not, dimensions, tags) {
            (Some(parts), None, None, None, None) => Ok(Self::Or(list("Or", parts)?)),
            (None, Some(parts), None, None, None) => Ok(Self::And(list("And", parts)?)),
            (None, None, Some(part), None, None) => Ok(Self::Not(Box::new(Self::parse(names, *part, depth + 1)?))),
            (None, None, None, Some(dimension), None) => Self::dimension(names, dimension),
            (None, None, None, None, Some(tag)) => Self::tag(tag),
            (None, None, None, None, None) => Err(Error::invalid(
                "Expression is empty: one root operator is needed of And, Or, Not, Dimensions, Tags, CostCategories",
            )),
            _ => Err(Error::invalid(
                "Expression has more than one roots. Only one root operator is allowed for each expression: And, Or, \
                 Not, Dimensions, Tags, CostCategories",
            )),
        }
    }

    fn dimension(names: Names, DimensionValues { key, values, match_options }: DimensionValues) -> Result<Self> {
        let key = names(&key.unwrap_or_default())?;
        for option in match_options.unwrap_or_default() {
            if !["EQUALS", "CASE_SENSITIVE"].contains(&option.as_str()) {
                return Err(Error::unsupported(format_args!("The match option {option} of a dimension")));
            }
        }
        let values = values.unwrap_or_default();
        if values.is_empty() {
            return Err(Error::invalid(format!("The dimension {} has no values to filter by.", key.name())));
        }
        Ok(Self::Dimension(key, values))
    }

    fn tag(TagValues { key, values, match_options }: TagValues) -> Result<Self> {
        let mut is_absent = false;
        for option in match_options.unwrap_or_default() {
            match option.as_str() {
                "EQUALS" | "CASE_SENSITIVE" => {}
                "ABSENT" => is_absent = true,
                _ => return Err(Error::unsupported(format_args!("The match option {option} of a tag"))),
            }
        }
        // *TagValues: If Values and Key aren't specified, the ABSENT MatchOption is applied to all tags.*
        match (key, values.unwrap_or_default()) {
            (None, values) if values.is_empty() => Ok(Self::Untagged),
            (None, _) => Err(Error::invalid("Values of a tag need its key.")),
            (Some(key), values) if values.is_empty() => Ok(Self::Absent(key)),
            (Some(_), _) if is_absent => Err(Error::invalid("The match option ABSENT takes no values.")),
            (Some(key), values) => Ok(Self::Tag(key, values)),
        }
    }

    pub fn is_met(&self, subject: &impl Subject) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.is_met(subject)),
            Self::Or(parts) => parts.iter().any(|part| part.is_met(subject)),
            Self::Not(part) => !part.is_met(subject),
            Self::Dimension(dimension, values) => {
                let shown = subject.shown(*dimension);
                values.iter().any(|value| *value == *shown)
            }
            // A resource without the tag has it with no value, as groups show it.
            Self::Tag(key, values) => values.iter().any(|value| value == subject.tag(key).unwrap_or_default()),
            Self::Absent(key) => subject.tag(key).is_none(),
            Self::Untagged => !subject.has_tags(),
        }
    }
}

/// Whether there is no filter or it is met.
pub(super) fn lets_pass(filter: Option<&Filter>, subject: &impl Subject) -> bool {
    filter.is_none_or(|filter| filter.is_met(subject))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    /// An instance in a zone, with one tag.
    struct Thing;

    impl Subject for Thing {
        fn value(&self, dimension: Dimension) -> Option<Cow<'_, str>> {
            match dimension {
                Dimension::Az => Some("us-east-1a".into()),
                Dimension::InstanceType => Some("m5.large".into()),
                _ => None,
            }
        }

        fn tag(&self, key: &str) -> Option<&str> {
            (key == "team").then_some("blue")
        }

        fn has_tags(&self) -> bool {
            true
        }
    }

    fn dimension(key: &str, value: &str) -> Expression {
        let dimensions =
            DimensionValues { key: Some(key.into()), values: Some(vec![value.into()]), match_options: None };
        Expression { dimensions: Some(dimensions), ..Expression::default() }
    }

    fn tag(key: Option<&str>, values: &[&str], options: &[&str]) -> Expression {
        let list = |texts: &[&str]| (!texts.is_empty()).then(|| texts.iter().map(|text| (*text).to_owned()).collect());
        let tags = TagValues { key: key.map(str::to_owned), values: list(values), match_options: list(options) };
        Expression { tags: Some(tags), ..Expression::default() }
    }

    fn is_met(expression: Expression) -> bool {
        Filter::read(Some(expression)).unwrap().unwrap().is_met(&Thing)
    }

    #[test]
    fn expressions_are_combined() {
        let zone = |letter: &str| dimension("AZ", &format!("us-east-1{letter}"));
        let and = |parts| Expression { and: Some(parts), ..Expression::default() };
        let or = |parts| Expression { or: Some(parts), ..Expression::default() };
        let not = |part| Expression { not: Some(Box::new(part)), ..Expression::default() };
        assert!(is_met(and(vec![zone("a"), dimension("INSTANCE_TYPE", "m5.large")])));
        assert!(!is_met(and(vec![zone("b"), dimension("INSTANCE_TYPE", "m5.large")])));
        assert!(is_met(or(vec![zone("b"), not(zone("b"))])));
        assert!(is_met(dimension("TENANCY", "NoTenancy")));
    }

    #[test]
    fn tags_match_by_value_or_by_their_absence() {
        assert!(is_met(tag(Some("team"), &["red", "blue"], &[])));
        assert!(!is_met(tag(Some("team"), &["red"], &["EQUALS"])));
        assert!(!is_met(tag(Some("team"), &[], &["ABSENT"])));
        assert!(is_met(tag(Some("stage"), &[], &["ABSENT"])));
        assert!(is_met(tag(Some("stage"), &[""], &[])));
        assert!(!is_met(tag(None, &[], &[])));
    }

    #[test]
    fn a_dimension_is_demanded_if_nothing_passes_without_it() {
        let read = |expression| Filter::read_with_resources(Some(expression)).unwrap().unwrap();
        let demands = |expression| read(expression).demands(Dimension::ResourceId);
        let (one, other) = (dimension("RESOURCE_ID", "i-1"), dimension("AZ", "x"));
        let both = |parts: [&Expression; 2]| parts.map(Clone::clone).to_vec();
        assert!(demands(one.clone()) && !demands(other.clone()));
        assert!(demands(Expression { and: Some(both([&one, &other])), ..Expression::default() }));
        assert!(!demands(Expression { or: Some(both([&one, &other])), ..Expression::default() }));
        assert!(demands(Expression { or: Some(both([&one, &one])), ..Expression::default() }));
        assert!(!demands(Expression { not: Some(Box::new(one)), ..Expression::default() }));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let both = Expression { tags: tag(Some("a"), &["b"], &[]).tags, ..dimension("AZ", "x") };
        let lonely = Expression { and: Some(vec![dimension("AZ", "x")]), ..Expression::default() };
        for wrong in [
            both,
            lonely,
            Expression::default(),
            dimension("RESOURCE_ID", "i-1"),
            tag(Some("a"), &["b"], &["CONTAINS"]),
        ] {
            assert!(Filter::read(Some(wrong.clone())).is_err(), "{wrong:?}");
        }
        let or = Expression { or: Some(vec![dimension("AZ", "x"), dimension("AZ", "y")]), ..Expression::default() };
        assert!(Filter::narrow(Some(or), "GetThings", &[Dimension::Az]).is_err());
        assert!(Filter::narrow(Some(dimension("AZ", "x")), "GetThings", &[Dimension::Az]).is_ok());
        assert!(Filter::narrow(Some(dimension("AZ", "x")), "GetThings", &[Dimension::Region]).is_err());
    }
}
