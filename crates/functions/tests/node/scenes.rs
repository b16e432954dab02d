//! What must hold.

use freehold_functions::contract::Outcome;
use serde_json::json;

use crate::harness::{Region, Scene, tail};

macro_rules! scenes {
    ($($name:ident),* $(,)?) => { vec![$((stringify!($name), |region| Box::pin($name(region)))),*] };
}

pub fn all() -> Vec<Scene> {
    scenes![
        a_function_answers_and_is_reused,
        what_ends_a_function_is_told_in_aws_s_words,
        an_initialization_that_fails_is_tried_twice,
    ]
}

async fn a_function_answers_and_is_reused(region: Region) {
    region.ready().await;
    let id = region.revision(|_| {});
    let first = region.invoke(&id, json!({"do": "count"})).await;
    assert_eq!((first.report.outcome.clone(), &first.payload[..]), (Outcome::Success, &b"1"[..]), "{first:?}");
    assert!(first.report.init_ms.is_some());
    let second = region.invoke(&id, json!({"do": "print", "argument": "hello"})).await;
    assert!(second.report.init_ms.is_none());
    let log = tail(&second);
    let request = &second.report.request_id;
    assert!(
        log.starts_with(&format!(
            "START RequestId: {request} Version: $LATEST\nhello\nEND RequestId: {request}\nREPORT"
        )),
        "{log}"
    );
    assert_eq!(region.ask(&id, json!({"do": "count"})).await, json!(3));
}

async fn what_ends_a_function_is_told_in_aws_s_words(region: Region) {
    region.ready().await;
    let id = region.revision(|revision| revision.timeout_seconds = 1);
    let done = region.invoke(&id, json!({"do": "sleep", "ms": 5000})).await;
    assert_eq!(done.report.outcome, Outcome::TimedOut);
    assert!(tail(&done).contains("Task timed out after 1.00 seconds"));
    let done = region.invoke(&id, json!({"do": "exit", "code": 7})).await;
    assert_eq!(done.report.outcome, Outcome::Exited, "{done:?}");
    assert!(String::from_utf8_lossy(&done.payload).contains("Runtime exited with error: exit status 7"));
    let hungry = region.revision(|revision| (revision.memory_mib, revision.timeout_seconds) = (512, 30));
    let done = region.invoke(&hungry, json!({"do": "memory"})).await;
    assert_eq!(done.report.outcome, Outcome::OutOfMemory, "{done:?}");
    let done = region.invoke(&id, json!({"do": "raise", "argument": "why"})).await;
    assert_eq!(done.report.outcome, Outcome::Error { error_type: "Boom".into() }, "{done:?}");
    let done = region.invoke(&id, json!({"do": "large", "bytes": (6 << 20) + 101})).await;
    assert!(String::from_utf8_lossy(&done.payload).contains("Function.ResponseSizeTooLarge"), "{:?}", done.report);
    // After all this the function still works.
    assert_eq!(region.ask(&id, json!({"do": "echo"})).await, json!({"do": "echo"}));
}

async fn an_initialization_that_fails_is_tried_twice(region: Region) {
    region.ready().await;
    for (how, text) in [("exit", "exit status 3"), ("error", "no luck")] {
        let id = region.revision(|revision| _ = revision.environment.insert("AT_INIT".into(), how.into()));
        let done = region.invoke(&id, json!({})).await;
        assert!(matches!(done.report.outcome, Outcome::InitFailed { .. }), "{done:?}");
        assert!(String::from_utf8_lossy(&done.payload).contains(text), "{done:?}");
    }
    let id = region.revision(|revision| revision.handler = "missing".into());
    let done = region.invoke(&id, json!({})).await;
    assert!(String::from_utf8_lossy(&done.payload).contains("Runtime.InvalidEntrypoint"), "{done:?}");
}
