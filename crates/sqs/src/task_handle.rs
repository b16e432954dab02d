//! Handles of message move tasks: which task, and of which source, so that whoever may move that source's messages
//! may cancel it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskHandle {
    pub task_id: String,
    pub source_arn: String,
}

impl TaskHandle {
    pub fn write(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_survives_its_text() {
        let handle = TaskHandle { task_id: "1".into(), source_arn: "arn:aws:sqs:us-east-1:111122223333:dead".into() };
        assert_eq!(TaskHandle::read(&handle.write()), Some(handle));
        for other in ["", "x", "e30="] {
            assert_eq!(TaskHandle::read(other), None);
        }
    }
}
