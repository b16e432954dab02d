//! What became of a batch: which of its messages the function has taken.

use freehold_api::sqs::Message;
use serde_json::Value;

use crate::invoke::failure_of;
use crate::node::Ran;

/// Messages to delete: all of a success, none of a failure; of a response that lists failures, the others. A response that
/// names what was not in the batch, or is not understood, counts as a failure of all (*Developer guide, Reporting batch
/// item failures*).
pub(super) fn taken(messages: Vec<Message>, ran: &Ran, reports_failures: bool) -> Vec<Message> {
    if failure_of(&ran.report.outcome).is_some() {
        return Vec::new();
    }
    if !reports_failures {
        return messages;
    }
    match failed(&messages, &ran.payload) {
        Some(failed) => {
            let is_taken = |message: &Message| message.message_id.as_ref().is_none_or(|id| !failed.contains(id));
            messages.into_iter().filter(is_taken).collect()
        }
        None => Vec::new(),
    }
}

/// Ids of those that failed; `None` if the response makes no sense.
fn failed(messages: &[Message], response: &[u8]) -> Option<Vec<String>> {
    if response.is_empty() {
        return Some(Vec::new());
    }
    let response: Value = serde_json::from_slice(response).ok()?;
    let failures = match &response {
        Value::Null => return Some(Vec::new()),
        Value::Object(members) => members.get("batchItemFailures"),
        _ => return None,
    };
    let failures = match failures {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(failures) => failures.as_array()?,
    };
    let ids: Option<Vec<String>> =
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().map(str::to_owned)).collect();
    let is_known = |id: &String| messages.iter().any(|message| message.message_id.as_ref() == Some(id));
    ids.filter(|ids| ids.iter().all(is_known))
}

#[cfg(test)]
mod tests {
    use freehold_functions::contract::Outcome;

    use super::*;
    use crate::invoke::tests::ran;

    fn left(outcome: Outcome, response: &'static str, reports: bool) -> Vec<String> {
        let message = |id: &str| Message { message_id: Some(id.into()), ..Message::default() };
        let taken = taken(vec![message("a"), message("b")], &ran(outcome, response), reports);
        taken.into_iter().filter_map(|message| message.message_id).collect()
    }

    #[test]
    fn what_the_function_has_taken_is_deleted() {
        assert_eq!(left(Outcome::Success, "null", false), ["a", "b"]);
        assert!(left(Outcome::TimedOut, "{}", true).is_empty());
        for all in ["", "null", "{}", r#"{"batchItemFailures":null}"#, r#"{"batchItemFailures":[]}"#] {
            assert_eq!(left(Outcome::Success, all, true), ["a", "b"], "{all}");
        }
        assert_eq!(left(Outcome::Success, r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#, true), ["b"]);
        for none in [
            "\"ok\"",
            "{",
            r#"{"batchItemFailures":[{"itemIdentifier":"z"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{}]}"#,
        ] {
            assert!(left(Outcome::Success, none, true).is_empty(), "{none}");
        }
    }
}
