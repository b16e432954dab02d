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
        a_node_that_was_killed_leaves_nothing_in_the_way_of_the_next,
        python_runs_by_aws_s_own_client,
        node_js_runs_by_aws_s_own_client,
        figures,
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

async fn a_node_that_was_killed_leaves_nothing_in_the_way_of_the_next(mut region: Region) {
    region.ready().await;
    let id = region.revision(|_| {});
    region.invoke(&id, json!({"do": "print", "argument": "before"})).await;
    region.restart().await;
    assert_eq!(region.ask(&id, json!({"do": "count"})).await, json!(1), "it is another environment");
    let log = region.log().await;
    assert_eq!(log.iter().filter(|line| *line == "before").count(), 1, "{log:?}");
    assert_eq!(region.node.status().await.unwrap().revisions[&id].idle, 1);
    assert!(region.node.remove(&id).await.unwrap());
    assert!(!region.layout.revision(&id).exists());
}

async fn python_runs_by_aws_s_own_client(region: Region) {
    region.ready().await;
    let runtimes = region.node.runtimes().await.unwrap().runtimes;
    let names: Vec<String> =
        runtimes.into_iter().map(|runtime| runtime.name).filter(|name| name.starts_with("python")).collect();
    if names.is_empty() {
        println!("SKIPPED: no client for Python in FREEHOLD_LAMBDA_CLIENTS");
    }
    for name in names {
        let id = region.revision(|revision| {
            revision.runtime = name.clone();
            revision.timeout_seconds = 10;
        });
        let text = "import os, sys\ndef handler(event, context):\n  print('two\\nlines')\n  \
                    return {'version': sys.version.split()[0], 'id': context.aws_request_id, \
                    'left': context.get_remaining_time_in_millis(), 'event': event, 'home': os.getcwd()}\n";
        region.write_code(&id, "app.py", text);
        let done = region.invoke(&id, json!({"a": 1})).await;
        let said: serde_json::Value = serde_json::from_slice(&done.payload).unwrap();
        assert_eq!(done.report.outcome, Outcome::Success, "{}", tail(&done));
        assert_eq!((&said["event"], &said["home"]), (&json!({"a": 1}), &json!("/var/task")));
        assert_eq!(said["id"], json!(done.report.request_id));
        assert!(said["left"].as_u64().unwrap() > 5000);
        assert!(tail(&done).contains("two\nlines\n"), "{}", tail(&done));
        println!("  {name}: init {:?} ms, {} MB", done.report.init_ms, done.report.max_memory_used_mib);
        let broken = region.revision(|revision| revision.runtime = name.clone());
        let done = region.invoke(&broken, json!({})).await;
        assert_eq!(
            done.report.outcome,
            Outcome::InitFailed { error_type: "Runtime.ImportModuleError".into() },
            "{done:?}"
        );
    }
}

async fn node_js_runs_by_aws_s_own_client(region: Region) {
    region.ready().await;
    let runtimes = region.node.runtimes().await.unwrap().runtimes;
    let Some(name) = runtimes.into_iter().map(|runtime| runtime.name).find(|name| name.starts_with("nodejs")) else {
        return println!("SKIPPED: no client for Node.js in FREEHOLD_LAMBDA_CLIENTS");
    };
    let id = region.revision(|revision| {
        revision.runtime = name.clone();
        revision.timeout_seconds = 10;
    });
    let text = "export const handler = async (event, context) => {\n  console.log('two\\nlines');\n  \
                if (event.raise) throw new TypeError('bad');\n  if (event.crash) setTimeout(() => { throw new Error('late') }, 1);\n  \
                if (event.crash) await new Promise(() => {});\n  \
                return { event, id: context.awsRequestId, home: process.cwd(), left: context.getRemainingTimeInMillis() };\n};\n";
    region.write_code(&id, "app.mjs", text);
    let done = region.invoke(&id, json!({"a": "ü"})).await;
    assert_eq!(done.report.outcome, Outcome::Success, "{}", tail(&done));
    let said: serde_json::Value = serde_json::from_slice(&done.payload).unwrap();
    assert_eq!((&said["event"], &said["home"]), (&json!({"a": "ü"}), &json!("/var/task")));
    assert_eq!(said["id"], json!(done.report.request_id));
    assert!(tail(&done).contains("two\nlines"), "{}", tail(&done));
    println!("  {name}: init {:?} ms, {} MB", done.report.init_ms, done.report.max_memory_used_mib);
    let done = region.invoke(&id, json!({"raise": true})).await;
    assert_eq!(done.report.outcome, Outcome::Error { error_type: "TypeError".into() }, "{done:?}");
    let done = region.invoke(&id, json!({"crash": true})).await;
    println!("  crash: {:?} {}", done.report.outcome, String::from_utf8_lossy(&done.payload));
    assert!(done.report.init_ms.is_none());
    let broken = region.revision(|revision| revision.runtime = name.clone());
    let done = region.invoke(&broken, json!({})).await;
    assert!(matches!(done.report.outcome, Outcome::InitFailed { .. }), "{done:?} {}", tail(&done));
}

/// Not judged: what things take here.
async fn figures(region: Region) {
    region.ready().await;
    let mut cold = Vec::new();
    for _ in 0..20 {
        let id = region.revision(|revision| revision.memory_mib = 1769);
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        let began = std::time::Instant::now();
        region.invoke(&id, json!({})).await;
        cold.push(began.elapsed());
    }
    println!("  cold start, provided: {}", spread(cold));
    let id = region.revision(|revision| revision.memory_mib = 1769);
    region.invoke(&id, json!({})).await;
    for pause in [0, 30] {
        let mut warm = Vec::new();
        for _ in 0..300 {
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            let began = std::time::Instant::now();
            region.invoke(&id, json!({})).await;
            warm.push(began.elapsed());
        }
        println!("  warm, after {pause} ms: {}", spread(warm));
    }
}

fn spread(mut times: Vec<std::time::Duration>) -> String {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    format!("p50 {:?}, p90 {:?}, most {:?}", at(0.5), at(0.9), at(1.0))
}
