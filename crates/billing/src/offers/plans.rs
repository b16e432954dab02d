//! Savings Plans on offer (*Savings Plans API reference, SavingsPlanOffering*).

use super::id::{Parts, hash};
use super::{Offers, Payment, Term};

const COMPUTE: u8 = 1;
const EC2_INSTANCE: u8 = 2;

/// A Savings Plan that can be bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOffer {
    pub family: PlanFamily,
    pub term: Term,
    pub payment: Payment,
}

/// What a plan is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanFamily {
    Compute,
    /// Instances of this family in the region.
    Ec2Instance(String),
}

impl PlanOffer {
    /// A UUID.
    pub fn id(&self) -> String {
        let (product, name) = match &self.family {
            PlanFamily::Compute => (COMPUTE, ""),
            PlanFamily::Ec2Instance(family) => (EC2_INSTANCE, &**family),
        };
        Parts { name: hash(name), product, term: self.term, payment: self.payment, details: 0 }.text()
    }
}

impl Offers {
    /// All plans: Compute first, then each family's.
    pub fn plans(&self) -> impl Iterator<Item = PlanOffer> {
        let families = self.families.iter().cloned().map(PlanFamily::Ec2Instance);
        std::iter::once(PlanFamily::Compute).chain(families).flat_map(|family| {
            Term::ALL.into_iter().flat_map(move |term| {
                let family = family.clone();
                Payment::ALL.into_iter().map(move |payment| PlanOffer { family: family.clone(), term, payment })
            })
        })
    }

    pub fn plan(&self, id: &str) -> Option<PlanOffer> {
        let Parts { name, product, term, payment, details: 0 } = Parts::parse(id)? else { return None };
        let family = match product {
            COMPUTE if name == hash("") => PlanFamily::Compute,
            EC2_INSTANCE => {
                let family = self.families.iter().find(|family| hash(family) == name)?;
                PlanFamily::Ec2Instance(family.clone())
            }
            _ => return None,
        };
        Some(PlanOffer { family, term, payment })
    }
}
