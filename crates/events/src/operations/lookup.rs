//! Buses and rules by what callers call them.

use freehold_store::{Tx, TxExt};
use freehold_wire::Call;

use crate::errors::{Error, Result};
use crate::model::{Bus, DEFAULT_BUS, Rule, bus_arn, rule_arn};

/// A bus that is spoken of, whether there is one or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BusName {
    pub account: String,
    pub name: String,
    pub arn: String,
}

impl BusName {
    /// By its name or ARN; nothing is the default bus.
    pub fn of(call: &Call, text: Option<&str>) -> Self {
        let text = text.unwrap_or(DEFAULT_BUS);
        let (account, name) = match text.split_once(":event-bus/") {
            Some((head, name)) => (head.rsplit(':').next().unwrap_or_default(), name),
            None => (call.account(), text),
        };
        let arn = bus_arn(&call.region, account, name);
        Self { account: account.to_owned(), name: name.to_owned(), arn }
    }

    /// Refuses what does not exist, and what belongs to another account.
    pub fn check(&self, tx: &mut dyn Tx, call: &Call) -> Result<()> {
        let is_there = self.name == DEFAULT_BUS || tx.get::<Bus>(&self.arn)?.is_some();
        if is_there && self.account == call.account() { Ok(()) } else { Err(Error::NoBus(self.name.clone())) }
    }

    /// The bus's row, for who changes it. The default bus gets one then.
    pub fn row(&self, tx: &mut dyn Tx, call: &Call, now: jiff::Timestamp) -> Result<Bus> {
        self.check(tx, call)?;
        let made = || Bus::new(&call.region, &self.account, &self.name, now);
        Ok(tx.get::<Bus>(&self.arn)?.unwrap_or_else(made))
    }

    pub fn rule_arn(&self, call: &Call, rule: &str) -> String {
        rule_arn(&call.region, &self.account, &self.name, rule)
    }

    /// A rule that must exist, on a bus that must exist.
    pub fn rule(&self, tx: &mut dyn Tx, call: &Call, name: &str) -> Result<Rule> {
        self.check(tx, call)?;
        let missing = || Error::NoRule { rule: name.to_owned(), bus: self.name.clone() };
        tx.get::<Rule>(&self.rule_arn(call, name))?.ok_or_else(missing)
    }
}
