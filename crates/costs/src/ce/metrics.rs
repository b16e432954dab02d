//! What is measured (*Cost Explorer API reference, GetCostAndUsage: Metrics*).

use std::collections::{BTreeMap, BTreeSet};

use freehold_api::ce::MetricValue;
use rust_decimal::Decimal;

use super::errors::{Error, Result};
use super::lines::Told;
use crate::money::billed;
use crate::savingsplans::names::CURRENCY;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    /// As charged in the hour. Blended rates are averages over accounts that here have the same.
    Unblended,
    /// With shares of what was paid before.
    Amortized,
    Quantity,
    Normalized,
}

impl Metric {
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "UnblendedCost" | "BlendedCost" | "NetUnblendedCost" => Ok(Self::Unblended),
            "AmortizedCost" | "NetAmortizedCost" => Ok(Self::Amortized),
            "UsageQuantity" => Ok(Self::Quantity),
            "NormalizedUsageAmount" => Ok(Self::Normalized),
            "BilledCost" | "ContractedCost" | "ListCost" | "PublicEquivalentBilledCost" | "PublicOnDemandCost" => {
                Err(Error::unsupported(format_args!("The metric {name}")))
            }
            _ => Err(Error::invalid(format!(
                "The metric {name} is not valid: it is one of AmortizedCost, BlendedCost, NetAmortizedCost, \
                 NetUnblendedCost, NormalizedUsageAmount, UnblendedCost and UsageQuantity."
            ))),
        }
    }

    /// All that are asked for, with the names that they are asked for by.
    pub fn parse_all(names: Vec<String>) -> Result<Vec<(String, Self)>> {
        names.into_iter().map(|name| Self::parse(&name).map(|metric| (name, metric))).collect()
    }

    /// As forecasts write it.
    pub fn of_forecast(name: &str) -> Option<Self> {
        match name {
            "UNBLENDED_COST" | "BLENDED_COST" | "NET_UNBLENDED_COST" => Some(Self::Unblended),
            "AMORTIZED_COST" | "NET_AMORTIZED_COST" => Some(Self::Amortized),
            "USAGE_QUANTITY" => Some(Self::Quantity),
            "NORMALIZED_USAGE_AMOUNT" => Some(Self::Normalized),
            _ => None,
        }
    }

    pub fn is_cost(self) -> bool {
        matches!(self, Self::Unblended | Self::Amortized)
    }
}

/// Sums of lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Measured {
    unblended: Decimal,
    amortized: Decimal,
    quantity: Decimal,
    normalized: Decimal,
    units: BTreeSet<&'static str>,
}

impl Measured {
    pub fn add(&mut self, told: &Told<'_>) {
        self.unblended += told.line.unblended;
        self.amortized += told.line.amortized;
        self.quantity += told.line.quantity;
        if !told.line.quantity.is_zero() {
            self.normalized += told.normalized();
            self.units.extend(told.unit());
        }
    }

    pub fn amount(&self, metric: Metric) -> Decimal {
        match metric {
            Metric::Unblended => self.unblended,
            Metric::Amortized => self.amortized,
            Metric::Quantity => self.quantity,
            Metric::Normalized => self.normalized,
        }
    }

    /// Quantities of several units are added up all the same, and have none.
    pub fn unit(&self, metric: Metric) -> &'static str {
        match metric {
            Metric::Unblended | Metric::Amortized => CURRENCY,
            Metric::Quantity => match self.units.first() {
                Some(unit) if self.units.len() == 1 => unit,
                _ => "N/A",
            },
            Metric::Normalized => "N/A",
        }
    }

    /// By the names that were asked for.
    pub fn shown(&self, metrics: &[(String, Metric)]) -> BTreeMap<String, MetricValue> {
        let value = |metric| MetricValue {
            amount: Some(billed(self.amount(metric))),
            unit: Some(self.unit(metric).to_owned()),
        };
        metrics.iter().map(|(name, metric)| (name.clone(), value(*metric))).collect()
    }
}
