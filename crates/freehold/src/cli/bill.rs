//! `freehold bill`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use freehold_billing::report::Last;
use jiff::civil::Date;

/// What the region's clock says is this hour, day or month; whole days of UTC otherwise.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub struct Period {
    /// Which period, up to now
    #[arg(default_value_t, value_parser = PossibleValuesParser::new(Last::ALL.map(Last::name)).try_map(|name| name.parse::<Last>()))]
    pub last: Last,
    /// Its first day instead, in UTC
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// The day after its last one [default: up to now]
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Bill {
    #[command(subcommand)]
    pub what_if: Option<WhatIf>,
    #[command(flatten)]
    pub period: Period,
    /// What to tell apart: hour, day, month, account, service, usage, resource, option, region, tag:KEY
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "service,option")]
    pub by: Vec<String>,
    /// Charges of this account only
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// How to print it; focus is every charge as CSV in the columns of FOCUS 1.2
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Print JSON, as --format json does
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

impl Bill {
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

#[derive(Debug, Subcommand)]
pub enum WhatIf {
    /// What the same usage would cost under each purchase option, the cheapest first
    WhatIf(Compare),
}

#[derive(Debug, Args)]
pub struct Compare {
    #[command(flatten)]
    pub period: Period,
    /// Usage of a month instead of what was metered: CSV with the columns what, amount and hours
    #[arg(long, value_name = "FILE")]
    pub usage: Option<PathBuf>,
    /// Commitments for so many years only
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub years: Option<u8>,
    /// Commitments that are paid for like this only
    #[arg(long, value_enum)]
    pub payment: Option<Payment>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
    Focus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Payment {
    /// Nothing at once
    No,
    /// Half of it at once
    Partial,
    /// All of it at once
    All,
}

impl Payment {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "No Upfront",
            Self::Partial => "Partial Upfront",
            Self::All => "All Upfront",
        }
    }
}
