//! How far commitments were used.

use freehold_api::ce::{
    ReservationAggregates, SavingsPlansAmortizedCommitment, SavingsPlansSavings, SavingsPlansUtilization,
    SavingsPlansUtilizationAggregates,
};
use freehold_billing::engine::{Charge, Reservation, SavingsPlan};
use rust_decimal::Decimal;

use crate::money::{billed, percent};

/// What became of one commitment in a part of the period.
#[derive(Debug, Clone, Default)]
pub(super) struct Use {
    /// In force.
    pub hours: i64,
    /// USD of the commitment, with shares of what was paid before, that usage took.
    pub used: Decimal,
    /// USD that the usage would have cost On-Demand.
    pub on_demand: Decimal,
    /// USD that no usage took.
    pub unused: Decimal,
    /// Hours of instances that did not run, of reservations.
    pub unused_hours: Decimal,
}

impl Use {
    pub fn take(&mut self, charge: &Charge) {
        self.used += charge.amortized;
        self.on_demand += charge.on_demand;
    }

    pub fn leave(&mut self, charge: &Charge) {
        self.unused += charge.amortized;
        self.unused_hours += charge.quantity;
    }
}

/// Figures of several reservations together.
#[derive(Debug, Clone, Default)]
pub(super) struct Reserved {
    pub purchased_hours: Decimal,
    pub purchased_units: Decimal,
    pub unused_hours: Decimal,
    pub unused_units: Decimal,
    /// USD.
    pub on_demand_used: Decimal,
    pub on_demand_unused: Decimal,
    pub upfront: Decimal,
    pub recurring: Decimal,
    pub cost_used: Decimal,
    pub cost_unused: Decimal,
}

impl Reserved {
    /// Adds what became of a reservation; an hour of its own size costs `on_demand` without it.
    pub fn add(&mut self, reservation: &Reservation, used: &Use, on_demand: Decimal) {
        let count = Decimal::from(reservation.count);
        let (hours, units) = (Decimal::from(used.hours) * count, reservation.kind.units());
        self.purchased_hours += hours;
        self.purchased_units += hours * units;
        self.unused_hours += used.unused_hours;
        self.unused_units += used.unused_hours * units;
        self.on_demand_used += used.on_demand;
        self.on_demand_unused += used.unused_hours * on_demand;
        self.upfront += reservation.upfront / Decimal::from(reservation.term_hours.max(1)) * hours;
        self.recurring += reservation.hourly * hours;
        self.cost_used += used.used;
        self.cost_unused += used.unused;
    }

    fn used_hours(&self) -> Decimal {
        self.purchased_hours - self.unused_hours
    }

    fn used_units(&self) -> Decimal {
        self.purchased_units - self.unused_units
    }

    fn fees(&self) -> Decimal {
        self.upfront + self.recurring
    }

    /// One figure by AWS's name; `None` for a name that is none.
    pub fn figure(&self, name: &str) -> Option<Decimal> {
        Some(match name {
            "UtilizationPercentage" => percent(self.used_hours(), self.purchased_hours),
            "UtilizationPercentageInUnits" => percent(self.used_units(), self.purchased_units),
            "PurchasedHours" => self.purchased_hours,
            "PurchasedUnits" => self.purchased_units,
            "TotalActualHours" => self.used_hours(),
            "TotalActualUnits" => self.used_units(),
            "UnusedHours" => self.unused_hours,
            "UnusedUnits" => self.unused_units,
            "OnDemandCostOfRIHoursUsed" => self.on_demand_used,
            "NetRISavings" => self.on_demand_used - self.fees(),
            "TotalPotentialRISavings" => self.on_demand_used + self.on_demand_unused - self.fees(),
            "AmortizedUpfrontFee" => self.upfront,
            "AmortizedRecurringFee" => self.recurring,
            "TotalAmortizedFee" => self.fees(),
            "RICostForUnusedHours" => self.cost_unused,
            "RealizedSavings" => self.on_demand_used - self.cost_used,
            "UnrealizedSavings" => self.on_demand_unused - self.cost_unused,
            _ => return None,
        })
    }

    pub fn shown(&self) -> ReservationAggregates {
        let figure = |name| self.figure(name).map(billed);
        ReservationAggregates {
            utilization_percentage: figure("UtilizationPercentage"),
            utilization_percentage_in_units: figure("UtilizationPercentageInUnits"),
            purchased_hours: figure("PurchasedHours"),
            purchased_units: figure("PurchasedUnits"),
            total_actual_hours: figure("TotalActualHours"),
            total_actual_units: figure("TotalActualUnits"),
            unused_hours: figure("UnusedHours"),
            unused_units: figure("UnusedUnits"),
            on_demand_cost_of_ri_hours_used: figure("OnDemandCostOfRIHoursUsed"),
            net_ri_savings: figure("NetRISavings"),
            total_potential_ri_savings: figure("TotalPotentialRISavings"),
            amortized_upfront_fee: figure("AmortizedUpfrontFee"),
            amortized_recurring_fee: figure("AmortizedRecurringFee"),
            total_amortized_fee: figure("TotalAmortizedFee"),
            ri_cost_for_unused_hours: figure("RICostForUnusedHours"),
            realized_savings: figure("RealizedSavings"),
            unrealized_savings: figure("UnrealizedSavings"),
        }
    }
}

/// Figures of several plans together, in USD.
#[derive(Debug, Clone, Default)]
pub(super) struct Planned {
    pub commitment: Decimal,
    pub unused: Decimal,
    pub on_demand: Decimal,
    pub recurring: Decimal,
    pub upfront: Decimal,
}

impl Planned {
    pub fn add(&mut self, plan: &SavingsPlan, used: &Use) {
        let hours = Decimal::from(used.hours);
        let (commitment, recurring) = (plan.commitment * hours, plan.recurring() * hours);
        self.commitment += commitment;
        self.unused += used.unused;
        self.on_demand += used.on_demand;
        self.recurring += recurring;
        self.upfront += commitment - recurring;
    }

    fn used(&self) -> Decimal {
        self.commitment - self.unused
    }

    /// One figure by AWS's name; `None` for a name that is none.
    pub fn figure(&self, name: &str) -> Option<Decimal> {
        Some(match name {
            "UtilizationPercentage" => percent(self.used(), self.commitment),
            "TotalCommitment" => self.commitment,
            "UsedCommitment" => self.used(),
            "UnusedCommitment" => self.unused,
            "NetSavings" => self.on_demand - self.commitment,
            "AmortizedRecurringCommitment" => self.recurring,
            "AmortizedUpfrontCommitment" => self.upfront,
            _ => return None,
        })
    }

    pub fn utilization(&self) -> SavingsPlansUtilization {
        let figure = |name| self.figure(name).map(billed);
        SavingsPlansUtilization {
            total_commitment: figure("TotalCommitment"),
            used_commitment: figure("UsedCommitment"),
            unused_commitment: figure("UnusedCommitment"),
            utilization_percentage: figure("UtilizationPercentage"),
        }
    }

    pub fn savings(&self) -> SavingsPlansSavings {
        SavingsPlansSavings {
            net_savings: self.figure("NetSavings").map(billed),
            on_demand_cost_equivalent: Some(billed(self.on_demand)),
        }
    }

    pub fn amortized(&self) -> SavingsPlansAmortizedCommitment {
        SavingsPlansAmortizedCommitment {
            amortized_recurring_commitment: Some(billed(self.recurring)),
            amortized_upfront_commitment: Some(billed(self.upfront)),
            total_amortized_commitment: Some(billed(self.commitment)),
        }
    }

    pub fn shown(&self) -> SavingsPlansUtilizationAggregates {
        SavingsPlansUtilizationAggregates {
            utilization: Some(self.utilization()),
            savings: Some(self.savings()),
            amortized_commitment: Some(self.amortized()),
        }
    }
}
