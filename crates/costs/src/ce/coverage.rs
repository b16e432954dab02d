//! How much of what ran was paid for by commitments.

use freehold_api::ce::{Coverage, CoverageCost, CoverageHours, CoverageNormalizedUnits, SavingsPlansCoverageData};
use freehold_billing::engine::{Pays, Product, Tenancy};
use rust_decimal::Decimal;

use super::lines::{Line, Record, Told};
use crate::money::{billed, percent};
use crate::offered;

/// Of instances that reservations could pay for.
#[derive(Debug, Clone, Default)]
pub(super) struct ByReservations {
    on_demand_hours: Decimal,
    reserved_hours: Decimal,
    on_demand_units: Decimal,
    reserved_units: Decimal,
    /// USD.
    on_demand_cost: Decimal,
}

/// Whether a reservation could pay for it.
pub(super) fn is_reservable(told: &Told<'_>) -> bool {
    let instance = told.product().and_then(Product::committable);
    instance.is_some_and(|instance| instance.tenancy != Tenancy::Host) && told.line.record != Record::Negation
}

impl ByReservations {
    pub fn add(&mut self, told: &Told<'_>) {
        let (hours, units) = (told.line.quantity, told.normalized());
        if matches!(told.line.pays, Pays::Reservation(_)) {
            self.reserved_hours += hours;
            self.reserved_units += units;
        } else {
            self.on_demand_hours += hours;
            self.on_demand_units += units;
            self.on_demand_cost += told.line.unblended;
        }
    }

    pub fn sum(&mut self, other: &Self) {
        self.on_demand_hours += other.on_demand_hours;
        self.reserved_hours += other.reserved_hours;
        self.on_demand_units += other.on_demand_units;
        self.reserved_units += other.reserved_units;
        self.on_demand_cost += other.on_demand_cost;
    }

    /// One figure by AWS's name.
    pub fn figure(&self, name: &str) -> Option<Decimal> {
        let (hours, units) = (self.on_demand_hours + self.reserved_hours, self.on_demand_units + self.reserved_units);
        Some(match name {
            "OnDemandCost" => self.on_demand_cost,
            "CoverageHoursPercentage" => percent(self.reserved_hours, hours),
            "OnDemandHours" => self.on_demand_hours,
            "ReservedHours" => self.reserved_hours,
            "TotalRunningHours" => hours,
            "CoverageNormalizedUnitsPercentage" => percent(self.reserved_units, units),
            "OnDemandNormalizedUnits" => self.on_demand_units,
            "ReservedNormalizedUnits" => self.reserved_units,
            "TotalRunningNormalizedUnits" => units,
            _ => return None,
        })
    }

    /// With the measures that are asked for: `Hour`, `Unit` and `Cost`.
    pub fn shown(&self, metrics: &[String]) -> Coverage {
        let is_wanted = |name: &str| metrics.iter().any(|metric| metric == name);
        let figure = |name| self.figure(name).map(billed);
        Coverage {
            coverage_hours: is_wanted("Hour").then(|| CoverageHours {
                on_demand_hours: figure("OnDemandHours"),
                reserved_hours: figure("ReservedHours"),
                total_running_hours: figure("TotalRunningHours"),
                coverage_hours_percentage: figure("CoverageHoursPercentage"),
            }),
            coverage_normalized_units: is_wanted("Unit").then(|| CoverageNormalizedUnits {
                on_demand_normalized_units: figure("OnDemandNormalizedUnits"),
                reserved_normalized_units: figure("ReservedNormalizedUnits"),
                total_running_normalized_units: figure("TotalRunningNormalizedUnits"),
                coverage_normalized_units_percentage: figure("CoverageNormalizedUnitsPercentage"),
            }),
            coverage_cost: is_wanted("Cost").then(|| CoverageCost { on_demand_cost: figure("OnDemandCost") }),
        }
    }
}

/// Of what plans could pay for, in USD at the price On-Demand.
#[derive(Debug, Clone, Default)]
pub(super) struct ByPlans {
    covered: Decimal,
    on_demand: Decimal,
}

/// Whether a plan pays for it or could: what a reservation pays for is none of a plan's business.
pub(super) fn is_plannable(told: &Told<'_>) -> bool {
    let is_open = matches!(told.line.record, Record::Usage | Record::Covered);
    is_open && told.product().is_some_and(|product| offered::product_type(product).is_some())
}

impl ByPlans {
    pub fn add(&mut self, line: &Line) {
        // The charge of what a plan covers is the price On-Demand, which the negation takes back.
        if line.record == Record::Covered {
            self.covered += line.unblended;
        } else {
            self.on_demand += line.unblended;
        }
    }

    /// One figure by AWS's name.
    pub fn figure(&self, name: &str) -> Option<Decimal> {
        let total = self.covered + self.on_demand;
        Some(match name {
            "SpendCoveredBySavingsPlan" => self.covered,
            "OnDemandCost" => self.on_demand,
            "TotalCost" => total,
            "CoveragePercentage" => percent(self.covered, total),
            _ => return None,
        })
    }

    pub fn shown(&self) -> SavingsPlansCoverageData {
        let figure = |name| self.figure(name).map(billed);
        SavingsPlansCoverageData {
            spend_covered_by_savings_plans: figure("SpendCoveredBySavingsPlan"),
            on_demand_cost: figure("OnDemandCost"),
            total_cost: figure("TotalCost"),
            coverage_percentage: figure("CoveragePercentage"),
        }
    }
}
