//! The account's plans, and what became of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use freehold_billing::engine::{PlanKind, SavingsPlan};
use freehold_wire::Call;

use super::super::dimension::{Dimension, Subject};
use super::super::errors::{Error, Result};
use super::super::filter::{Filter, lets_pass};
use super::super::statement::{Part, Statement};
use super::super::used::Planned;

/// A plan, for filters.
pub(super) struct PlanSubject<'a> {
    pub statement: &'a Statement,
    pub plan: &'a SavingsPlan,
}

impl Subject for PlanSubject<'_> {
    fn value(&self, dimension: Dimension) -> Option<Cow<'_, str>> {
        let (statement, plan) = (self.statement, self.plan);
        match (dimension, &plan.kind) {
            (Dimension::LinkedAccount, _) => Some(Cow::Borrowed(&plan.account)),
            (Dimension::SavingsPlanArn, _) => statement.plan_arn(&plan.id).map(Cow::Owned),
            (Dimension::SavingsPlansType, _) => statement.plan_type(&plan.id).map(Cow::Borrowed),
            (Dimension::PaymentOption, _) => statement.plan_payment(&plan.id).map(Cow::Borrowed),
            (Dimension::Region, PlanKind::Ec2Instance { region, .. }) => Some(Cow::Borrowed(&**region)),
            (Dimension::InstanceTypeFamily, PlanKind::Ec2Instance { family, .. }) => Some(Cow::Borrowed(family)),
            _ => None,
        }
    }

    fn tag(&self, _: &str) -> Option<&str> {
        None
    }

    fn has_tags(&self) -> bool {
        false
    }
}

impl Statement {
    /// Places of the account's plans that were in force in a part and that are asked for.
    pub(super) fn own_plans(&self, part: &Part, filter: Option<&Filter>) -> Vec<usize> {
        let plans = self.bill.biller().plans().iter().enumerate();
        let own = plans.filter(|(at, plan)| {
            *plan.account == *self.account
                && part.plans[*at].hours > 0
                && lets_pass(filter, &PlanSubject { statement: self, plan })
        });
        own.map(|(at, _)| at).collect()
    }

    /// What became of these together.
    pub(super) fn planned(&self, part: &Part, plans: &[usize]) -> Planned {
        let mut sum = Planned::default();
        plans.iter().for_each(|at| sum.add(&self.bill.biller().plans()[*at], &part.plans[*at]));
        sum
    }

    /// What tells a plan from others, as details show it.
    pub(super) fn plan_attributes(&self, at: usize) -> BTreeMap<String, String> {
        let plan = &self.bill.biller().plans()[at];
        let subject = PlanSubject { statement: self, plan };
        let text = |dimension| subject.value(dimension).map(Cow::into_owned).unwrap_or_default();
        let mut attributes = BTreeMap::from([
            ("AccountId".to_owned(), plan.account.to_string()),
            ("AccountName".to_owned(), plan.account.to_string()),
            ("SavingsPlansType".to_owned(), text(Dimension::SavingsPlansType)),
            ("PaymentOption".to_owned(), text(Dimension::PaymentOption)),
            ("Region".to_owned(), text(Dimension::Region)),
            ("InstanceFamily".to_owned(), text(Dimension::InstanceTypeFamily)),
            ("HourlyCommitment".to_owned(), crate::money::plain(plan.commitment)),
            ("UpfrontFee".to_owned(), crate::money::plain(plan.upfront)),
            ("RecurringHourlyFee".to_owned(), crate::money::billed(plan.recurring())),
        ]);
        if let Some((row, offer)) = self.plan_row(&plan.id) {
            attributes.extend([
                ("StartDateTime".to_owned(), row.start.to_string()),
                ("EndDateTime".to_owned(), row.end.to_string()),
                ("PurchaseTerm".to_owned(), format!("{}yr", offer.term.years())),
            ]);
        }
        attributes
    }
}

/// An account without plans has nothing to tell of (*GetSavingsPlansUtilization: DataUnavailableException*).
pub(super) fn check_any(found: bool, call: &Call) -> Result<()> {
    if found {
        return Ok(());
    }
    let why = format!("There is no Savings Plan of the account {} in this period.", call.account());
    Err(Error::DataUnavailable(why))
}
