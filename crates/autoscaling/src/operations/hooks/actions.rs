//! The instance that a hook holds, as requests name it: by a token or by its id.

use freehold_store::{Filter, Tx, TxExt};

use crate::errors::{Error, Result};
use crate::model::{Group, HookAction, Member};

pub(super) struct Named {
    pub hook: String,
    pub token: Option<String>,
    pub instance: Option<String>,
}

/// Changes the action that is meant.
pub(super) fn change(
    tx: &mut dyn Tx,
    group: &Group,
    named: &Named,
    change: impl FnOnce(&mut HookAction),
) -> Result<()> {
    if !group.hooks.iter().any(|hook| hook.name == named.hook) {
        return Err(Error::validation(format!("No Lifecycle Hook found with name {}", named.hook)));
    }
    if named.token.is_none() && named.instance.is_none() {
        return Err(Error::validation("Either a lifecycle action token or an instance ID must be specified."));
    }
    for mut member in tx.list::<Member>(&Filter::index(0, &group.id))? {
        let is_named = named.instance.is_none() || named.instance == member.instance;
        let mut held = member.actions.iter_mut().filter(|action| {
            let fits = named.token.as_ref().is_none_or(|token| *token == action.token);
            is_named && action.hook == named.hook && action.answer.is_none() && fits
        });
        if let Some(action) = held.next() {
            change(action);
            return Ok(tx.put(&member)?);
        }
    }
    Err(Error::validation(match (&named.token, &named.instance) {
        (Some(token), _) => format!("No active Lifecycle Action found with token {token}"),
        (None, instance) => {
            format!("No active Lifecycle Action found with instance ID {}", instance.clone().unwrap_or_default())
        }
    }))
}
