//! A workload that is written down rather than metered: CSV with what is used, how much of it at a time, and for how many
//! hours of a month of 730.
//!
//! ```csv
//! what,amount,hours
//! m5.large,10,730
//! c5.xlarge windows,4,200
//! fargate-vcpu,16,730
//! lambda-gb-second,50000,730
//! ```
//!
//! What is used for fewer hours is used while everything else is: that is how peaks are.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::Profile;
use crate::engine::{FargatePlatform, Instance, Platform, Product, Region, Tenancy};
use crate::sheet::InstanceTypes;

/// Hours of a month.
const MONTH: u32 = 730;

#[derive(Deserialize)]
struct Row {
    what: String,
    amount: Decimal,
    hours: u32,
}

/// Why a file of usage cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadUsage {
    #[error("the usage is not CSV with the columns what, amount and hours: {0}")]
    Csv(#[from] csv::Error),
    #[error(
        "line {line}: {what} is neither an instance type nor fargate-vcpu, fargate-gb, lambda-gb-second or lambda-request"
    )]
    Unknown { line: usize, what: String },
    #[error("line {0}: hours are those of a month, 1 to {MONTH}")]
    Hours(usize),
    #[error("line {0}: an amount cannot be negative")]
    Negative(usize),
}

impl Profile {
    /// Reads a file of usage.
    ///
    /// # Errors
    /// [`BadUsage`], with the line that is wrong.
    pub fn read(text: &str, region: &Region, types: &dyn InstanceTypes) -> Result<Self, BadUsage> {
        let mut products = Vec::new();
        // Amounts by the hours for which they are used.
        let mut by_hours: BTreeMap<u32, Vec<(usize, Decimal)>> = BTreeMap::new();
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(text.as_bytes());
        for (at, row) in reader.deserialize::<Row>().enumerate() {
            let (line, row) = (at + 2, row?);
            if !(1..=MONTH).contains(&row.hours) {
                return Err(BadUsage::Hours(line));
            }
            if row.amount.is_sign_negative() {
                return Err(BadUsage::Negative(line));
            }
            let product = product(&row.what, region, types).ok_or(BadUsage::Unknown { line, what: row.what })?;
            let at = products.iter().position(|known| *known == product).unwrap_or_else(|| {
                products.push(product);
                products.len() - 1
            });
            by_hours.entry(row.hours).or_default().push((at, row.amount));
        }
        let mut hours = Vec::new();
        let (mut used, mut done): (BTreeMap<usize, Decimal>, u32) = (BTreeMap::new(), 0);
        for amounts in by_hours.values().flatten() {
            *used.entry(amounts.0).or_default() += amounts.1;
        }
        for (until, ending) in by_hours {
            hours.push((until - done, used.iter().map(|(at, amount)| (*at, *amount)).collect()));
            done = until;
            for (at, amount) in ending {
                if let Some(left) = used.get_mut(&at) {
                    *left -= amount;
                }
            }
        }
        hours.push((MONTH - done, Vec::new()));
        Ok(Self::new(products, hours))
    }
}

fn product(what: &str, region: &Region, types: &dyn InstanceTypes) -> Option<Product> {
    let region = region.clone();
    let platform = FargatePlatform::LinuxX86;
    Some(match what {
        "fargate-vcpu" => Product::FargateCpu { region, platform },
        "fargate-gb" => Product::FargateMemory { region, platform },
        "lambda-gb-second" => Product::LambdaDuration { region, is_arm: false },
        "lambda-request" => Product::LambdaRequests { region },
        what => {
            let (kind, system) = what.split_once(' ').unwrap_or((what, ""));
            let platform = match system.trim() {
                "" | "linux" => Platform::Linux,
                "windows" => Platform::Other("Windows".to_owned()),
                _ => return None,
            };
            let (kind, tenancy) = (types.parse(kind)?, Tenancy::Shared);
            let zone = format!("{region}a").into();
            Product::Instance(Instance { kind, region, zone, platform, tenancy })
        }
    })
}
