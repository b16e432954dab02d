//! Savings Plans, as far as a bill cares.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Hour, Product, Region};

/// A promise to spend so much an hour, for lower rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavingsPlan {
    pub id: Arc<str>,
    /// Who bought it; their usage comes first.
    pub account: Arc<str>,
    pub kind: PlanKind,
    /// The first hour in force.
    pub start: Hour,
    /// The first hour no longer in force.
    pub end: Hour,
    /// USD an hour, at the plan's rates.
    pub commitment: Decimal,
    /// Of the commitment for the whole term, in USD: what was paid at once.
    pub upfront: Decimal,
    /// What its rates are read from: the offering's id.
    pub offering: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanKind {
    /// One family in one region, whatever the size, the system and the tenancy.
    Ec2Instance { region: Region, family: String },
    /// EC2, Fargate and Lambda, wherever.
    Compute,
}

impl SavingsPlan {
    pub fn is_in_force(&self, hour: Hour) -> bool {
        (self.start..self.end).contains(&hour)
    }

    /// Whether it may pay for this at all. What it pays is the offering's to say.
    pub fn fits(&self, product: &Product) -> bool {
        match (&self.kind, product) {
            (PlanKind::Ec2Instance { region, family }, Product::Instance(instance) | Product::Room(instance)) => {
                instance.region == *region && instance.kind.family == *family
            }
            (PlanKind::Ec2Instance { region, family }, Product::Host { region: there, family: of_host }) => {
                there == region && of_host == family
            }
            (PlanKind::Ec2Instance { .. }, _) => false,
            (PlanKind::Compute, Product::Spot { .. } | Product::Other { .. }) => false,
            (PlanKind::Compute, _) => true,
        }
    }

    /// What is charged in each hour, in USD: all of the commitment, or what is left of it after the upfront part.
    pub fn recurring(&self) -> Decimal {
        let hours = Decimal::from((self.end.0 - self.start.0).max(1));
        (self.commitment - self.upfront / hours).max(Decimal::ZERO)
    }
}
