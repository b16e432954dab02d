//! Words that requests choose offers by. Those that AWS knows and nothing here has match nothing; others are refused.

use freehold_billing::offers::{Class, Payment};

use crate::catalogue;
use crate::errors::{Error, Result};

/// *API reference, DescribeReservedInstancesOfferings: OfferingType*. The last ones were sold before the others.
const OLD_TYPES: [&str; 3] = ["Heavy Utilization", "Medium Utilization", "Light Utilization"];
/// *The same: ProductDescription*. Each is known with ` (Amazon VPC)` after it too.
const PRODUCTS: [&str; 11] = [
    "Linux/UNIX",
    "Linux with SQL Server Standard",
    "Linux with SQL Server Web",
    "Linux with SQL Server Enterprise",
    "SUSE Linux",
    "Red Hat Enterprise Linux",
    "Red Hat Enterprise Linux with HA",
    "Windows",
    "Windows with SQL Server Standard",
    "Windows with SQL Server Web",
    "Windows with SQL Server Enterprise",
];
const OF_A_VPC: &str = " (Amazon VPC)";

fn check(parameter: &str, value: Option<&str>, is_known: impl Fn(&str) -> bool) -> Result<()> {
    match value.filter(|value| !is_known(value)) {
        Some(value) => Err(Error::InvalidParameterValue(format!("Invalid value '{value}' for {parameter}."))),
        None => Ok(()),
    }
}

pub fn check_class(value: Option<&str>) -> Result<()> {
    check("OfferingClass", value, |value| Class::ALL.iter().any(|class| class.name() == value))
}

pub fn check_type(value: Option<&str>) -> Result<()> {
    check("OfferingType", value, |value| Payment::parse(value).is_some() || OLD_TYPES.contains(&value))
}

pub fn check_instance_type(value: Option<&str>) -> Result<()> {
    check("InstanceType", value, |value| catalogue::find(value).is_some())
}

/// *The host value cannot be used with this parameter.*
pub fn check_tenancy(value: Option<&str>) -> Result<()> {
    check("InstanceTenancy", value, |value| ["default", "dedicated"].contains(&value))
}

pub fn check_product(value: Option<&str>) -> Result<()> {
    check("ProductDescription", value, |value| PRODUCTS.contains(&without_vpc(value)))
}

/// All instances are in a VPC, and AWS sells no others.
pub fn without_vpc(product: &str) -> &str {
    product.strip_suffix(OF_A_VPC).unwrap_or(product)
}
