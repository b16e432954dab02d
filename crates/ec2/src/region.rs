//! The region and its zones.

use std::borrow::Cow;

/// Where this Freehold is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// `us-east-1`
    pub name: String,
    pub zones: Vec<Zone>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// `us-east-1a`
    pub name: String,
    /// `use1-az1`
    pub id: String,
}

impl Region {
    /// A region of three zones, with ids as AWS abbreviates them.
    pub fn new(name: &str) -> Self {
        let code = abbreviation(name);
        let zones = ["a", "b", "c"]
            .iter()
            .zip(1..)
            .map(|(letter, number)| Zone { name: format!("{name}{letter}"), id: format!("{code}-az{number}") })
            .collect();
        Self { name: name.to_owned(), zones }
    }

    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    /// The domain of private DNS names: `ec2.internal` in us-east-1, `eu-west-1.compute.internal` elsewhere.
    pub fn internal_domain(&self) -> Cow<'static, str> {
        if self.name == "us-east-1" { "ec2.internal".into() } else { format!("{}.compute.internal", self.name).into() }
    }

    /// The domain of public DNS names.
    pub fn public_domain(&self) -> Cow<'static, str> {
        if self.name == "us-east-1" {
            "compute-1.amazonaws.com".into()
        } else {
            format!("{}.compute.amazonaws.com", self.name).into()
        }
    }
}

/// `us-east-1` to `use1`, `ap-northeast-1` to `apne1`, `us-gov-west-1` to `usgw1`.
fn abbreviation(name: &str) -> String {
    let mut parts = name.split('-');
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part {
            "northeast" => code.push_str("ne"),
            "northwest" => code.push_str("nw"),
            "southeast" => code.push_str("se"),
            "southwest" => code.push_str("sw"),
            number if number.bytes().all(|b| b.is_ascii_digit()) => code.push_str(number),
            word => code.extend(word.chars().next()),
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_ids_are_abbreviated_as_aws_does() {
        assert_eq!(Region::new("us-east-1").zones[0].id, "use1-az1");
        assert_eq!(Region::new("ap-northeast-1").zones[2].id, "apne1-az3");
        assert_eq!(Region::new("eu-central-1").zones[1].id, "euc1-az2");
    }
}
