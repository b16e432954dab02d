//! How something was paid for.

use crate::engine::{Pays, Product};

/// What a charge was bought as. What was promised comes first, each commitment with the part of it that nobody used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PurchaseOption {
    Reserved,
    UnusedReserved,
    SavingsPlans,
    UnusedSavingsPlans,
    DedicatedHosts,
    Spot,
    OnDemand,
}

impl PurchaseOption {
    pub const ALL: [Self; 7] = [
        Self::Reserved,
        Self::UnusedReserved,
        Self::SavingsPlans,
        Self::UnusedSavingsPlans,
        Self::DedicatedHosts,
        Self::Spot,
        Self::OnDemand,
    ];

    /// The option of a charge for this product. Hosts that no commitment pays for are an option of their own.
    pub fn of(pays: Pays, product: Option<&Product>) -> Self {
        match (pays, product) {
            (Pays::OnDemand, Some(Product::Spot { .. })) => Self::Spot,
            (Pays::OnDemand, Some(Product::Host { .. })) => Self::DedicatedHosts,
            (Pays::OnDemand, _) => Self::OnDemand,
            (Pays::Reservation(_), _) => Self::Reserved,
            (Pays::SavingsPlan(_), _) => Self::SavingsPlans,
            (Pays::UnusedReservation(_), _) => Self::UnusedReserved,
            (Pays::UnusedSavingsPlan(_), _) => Self::UnusedSavingsPlans,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Reserved => "Reserved Instances",
            Self::UnusedReserved => "Reserved Instances, unused",
            Self::SavingsPlans => "Savings Plans",
            Self::UnusedSavingsPlans => "Savings Plans, unused",
            Self::DedicatedHosts => "Dedicated Hosts",
            Self::Spot => "Spot",
            Self::OnDemand => "On-Demand",
        }
    }
}
