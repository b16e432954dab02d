//! Which balancers forward to which target groups: it follows from listeners and rules, and is written nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use freehold_balancer::config::Action;
use freehold_store::{Error, Filter, Store, StoreExt, Tx, TxExt};

use super::{Listener, Rule};

/// ARNs of target groups with those of the balancers that use them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses(BTreeMap<String, BTreeSet<String>>);

impl Uses {
    pub fn new<'a>(
        listeners: impl IntoIterator<Item = &'a Listener>,
        rules: impl IntoIterator<Item = &'a Rule>,
    ) -> Self {
        let mut uses = Self::default();
        for listener in listeners {
            uses.note(&listener.load_balancer, &listener.default_action);
        }
        for rule in rules {
            uses.note(&rule.load_balancer, &rule.action);
        }
        uses
    }

    /// Of one account, as of the last commit.
    pub fn of(store: &dyn Store, account: &str) -> Result<Self, Error> {
        let filter = Filter::account(account);
        Ok(Self::new(&store.list::<Listener>(&filter)?, &store.list::<Rule>(&filter)?))
    }

    /// Of one account, inside of a transaction.
    pub fn within(tx: &mut dyn Tx, account: &str) -> Result<Self, Error> {
        let filter = Filter::account(account);
        Ok(Self::new(&tx.list::<Listener>(&filter)?, &tx.list::<Rule>(&filter)?))
    }

    fn note(&mut self, balancer: &str, action: &Action) {
        for group in groups_of(action) {
            self.0.entry(group.to_owned()).or_default().insert(balancer.to_owned());
        }
    }

    /// The balancers that forward to the group.
    pub fn balancers(&self, group: &str) -> impl Iterator<Item = &str> {
        self.0.get(group).into_iter().flatten().map(String::as_str)
    }

    /// The groups that the balancer forwards to.
    pub fn groups(&self, balancer: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, users)| users.contains(balancer)).map(|(group, _)| group.as_str())
    }

    pub fn is_used(&self, group: &str) -> bool {
        self.0.contains_key(group)
    }
}

/// The target groups that an action forwards to.
pub fn groups_of(action: &Action) -> impl Iterator<Item = &str> {
    let groups = match action {
        Action::Forward { groups, .. } => groups.as_slice(),
        Action::Redirect { .. } | Action::FixedResponse { .. } => &[],
    };
    groups.iter().map(|(group, _)| group.as_str())
}
