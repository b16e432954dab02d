//! What the region is told of instances: each state that one comes to (*EC2 user guide, Automate with EventBridge:
//! Instance State-change Notification*). On a best effort: which states were told is not kept over a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use freehold_core::events::{EventSink, ServiceEvent};
use jiff::Timestamp;
use serde_json::json;

use crate::model::{Instance, InstanceState};

pub struct Tales {
    sink: Arc<dyn EventSink>,
    told: Mutex<HashMap<String, InstanceState>>,
}

impl Tales {
    pub fn new(sink: Arc<dyn EventSink>) -> Self {
        Self { sink, told: Mutex::default() }
    }

    /// Tells of the instance's state, unless it was told last. Every state that an instance comes to is looked at.
    pub fn look(&self, instance: &Instance, region: &str, now: Timestamp) {
        if !self.is_news(&instance.id, instance.state) {
            return;
        }
        self.sink.tell(ServiceEvent {
            account: instance.account.clone(),
            source: "aws.ec2",
            detail_type: "EC2 Instance State-change Notification",
            resources: vec![format!("arn:aws:ec2:{region}:{}:instance/{}", instance.account, instance.id)],
            at: now,
            detail: json!({"instance-id": instance.id, "state": instance.state.name()}),
        });
    }

    fn is_news(&self, id: &str, state: InstanceState) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = if state == InstanceState::Terminated {
            // Nothing comes after it.
            told.remove(id)
        } else {
            told.insert(id.to_owned(), state)
        };
        // Of one that was settled before anybody looked, nothing is new.
        let is_settled = matches!(state, InstanceState::Running | InstanceState::Stopped | InstanceState::Terminated);
        before.map_or(!is_settled, |before| before != state)
    }
}

#[cfg(test)]
mod tests {
    use freehold_core::events::Unheard;

    use super::*;

    #[test]
    fn each_state_is_news_once() {
        let tales = Tales::new(Arc::new(Unheard));
        let states = [
            (InstanceState::Pending, true),
            (InstanceState::Pending, false),
            (InstanceState::Running, true),
            (InstanceState::Running, false),
            (InstanceState::Stopping, true),
            (InstanceState::Stopped, true),
            (InstanceState::ShuttingDown, true),
            (InstanceState::Terminated, true),
            (InstanceState::Terminated, false),
        ];
        for (state, is_news) in states {
            assert_eq!(tales.is_news("i-1", state), is_news, "{state:?}");
        }
        assert!(!tales.is_news("i-2", InstanceState::Running));
    }
}
