//! Actions of alarms, each until it is taken or in vain.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use freehold_core::reconcile::{Failure, Next, Reconciler};
use freehold_store::{Filter, StoreExt, TxExt};
use serde_json::{Value, json};

use super::perform::{Outcome, perform};
use crate::CloudWatch;
use crate::errors::Error;
use crate::model::{Action, Entry, EntryKind};

/// Seconds after which an action that cannot be taken is given up: what it would do then nobody expects any more.
const PATIENCE: i64 = 600;

pub(super) struct Act(pub Arc<CloudWatch>);

#[async_trait]
impl Reconciler for Act {
    fn name(&self) -> &'static str {
        "cloudwatch.act"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        Ok(self.0.store.list::<Action>(&Filter::all())?.into_iter().map(|action| action.id).collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        let Some(action) = self.0.store.get::<Action>(key)? else { return Ok(Next::Settled) };
        let is_late = self.0.now().as_second() - action.notice.at.as_second() > PATIENCE;
        let error = match perform(&self.0, &action).await {
            Outcome::Done => None,
            Outcome::InVain(why) => Some(why),
            Outcome::Later(why) if is_late => Some(why),
            Outcome::Later(why) => return Err(why.into()),
        };
        let entry = entry(&self.0, &action, error.as_deref());
        // What goes well again and again is told once.
        let is_told = error.is_some() || !action.is_repeated;
        let id = key.to_owned();
        let done = move |tx: &mut dyn freehold_store::Tx| {
            tx.delete::<Action>(&id)?;
            if is_told {
                tx.put(&entry)?;
            }
            Ok(())
        };
        self.0.store.transact::<_, Error, _>(done).await?;
        Ok(Next::Settled)
    }
}

fn entry(state: &CloudWatch, action: &Action, error: Option<&str>) -> Entry {
    let notice = &action.notice;
    let message: Value = serde_json::from_str(&notice.message).unwrap_or_default();
    let data = json!({
        "actionState": if error.is_none() { "Succeeded" } else { "Failed" },
        "stateUpdateTimestamp": notice.at.as_millisecond(),
        "notificationResource": action.target,
        "publishedMessage": message,
        "error": error,
    });
    let how = if error.is_none() { "Successfully executed" } else { "Failed to execute" };
    let summary = format!("{how} action {}", action.target);
    Entry::of(&action.account, &notice.alarm_name, &notice.alarm_kind, state.now(), EntryKind::Action, summary, &data)
}
