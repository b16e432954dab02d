//! A parameter, and how the API shows it.

use freehold_api::ssm;
use jiff::Timestamp;

/// A public parameter. All of them name images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub description: &'static str,
    pub value: String,
    pub version: i64,
    pub modified: Timestamp,
}

pub(crate) const TYPE: &str = "String";
pub(crate) const DATA_TYPE: &str = "aws:ec2:image";
pub(crate) const TIER: &str = "Standard";

impl Parameter {
    /// The parameter as it is read. `selector` is what stood after its name.
    pub fn view(self, region: &str, selector: Option<String>) -> ssm::Parameter {
        ssm::Parameter {
            name: Some(self.name.to_owned()),
            r#type: Some(TYPE.to_owned()),
            arn: Some(self.arn(region)),
            value: Some(self.value),
            version: Some(self.version),
            selector,
            source_result: None,
            last_modified_date: Some(self.modified),
            data_type: Some(DATA_TYPE.to_owned()),
        }
    }

    /// The parameter as it is described.
    pub fn metadata(self, region: &str) -> ssm::ParameterMetadata {
        ssm::ParameterMetadata {
            arn: Some(self.arn(region)),
            name: Some(self.name.to_owned()),
            r#type: Some(TYPE.to_owned()),
            description: Some(self.description.to_owned()),
            last_modified_date: Some(self.modified),
            version: Some(self.version),
            tier: Some(TIER.to_owned()),
            data_type: Some(DATA_TYPE.to_owned()),
            ..Default::default()
        }
    }

    /// Public parameters belong to no account.
    fn arn(&self, region: &str) -> String {
        format!("arn:aws:ssm:{region}::parameter{}", self.name)
    }
}
