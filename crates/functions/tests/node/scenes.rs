//! What must hold.

use freehold_functions::contract::Outcome;
use serde_json::json;

use crate::harness::{Region, Scene, World, tail, until};
use crate::vpc::a_function_in_a_vpc_reaches_what_its_group_reaches;

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
        an_attacker_finds_nothing_and_breaks_nothing,
        a_bomb_hits_its_own_limits,
        what_aws_sets_is_set,
        a_function_reaches_the_region_and_nothing_of_the_host,
        a_function_in_a_vpc_reaches_what_its_group_reaches,
        provisioned_environments_are_warm_and_replaced,
        environments_that_nobody_uses_end,
        extensions_are_told_of_invocations_and_of_the_end,
        a_response_is_streamed,
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

async fn an_attacker_finds_nothing_and_breaks_nothing(region: Region) {
    region.ready().await;
    let victim = region.revision(|_| {});
    let attacker = region.revision(|revision| (revision.timeout_seconds, revision.memory_mib) = (20, 1769));
    region.write_code(&victim, "secret.txt", "the victim's");
    region.invoke(&victim, json!({"do": "write", "argument": "/tmp/secret"})).await;
    let attack = async |what: &str, argument: &str| {
        region.ask(&attacker, json!({"do": what, "argument": argument})).await.to_string()
    };
    // The host's files, the region's, and another function's.
    std::fs::write(region.place.path().join("root-key.json"), "key").unwrap();
    let data = region.place.path().display().to_string();
    for path in [
        "/etc/shadow",
        "/root/.bashrc",
        "/home",
        "/var/lib/freehold",
        "/proc/kcore",
        "/proc/1/environ",
        &data,
        "/.host/etc/passwd",
    ] {
        let said = attack("read", path).await;
        assert!(said.contains("No such file") || said.contains("Permission denied"), "{path}: {said}");
    }
    for path in [region.layout.code(&victim), region.place.path().join("root-key.json")] {
        assert!(attack("read", &path.display().to_string()).await.contains("No such file"), "{path:?}");
    }
    assert!(!attack("read", "/etc/passwd").await.contains("/bin/bash"));
    assert_eq!(attack("list", "/tmp").await, "[]");
    assert!(
        attack("shell", "find / -name 'secret*' -not -path '/usr/*' -not -path '/proc/*' 2>/dev/null").await == "\"\""
    );
    // Nothing may be written but /tmp.
    for path in
        ["/var/task/x", "/opt/x", "/usr/x", "/etc/x", "/x", "/dev/x", "/proc/sys/kernel/hostname", "/var/runtime/x"]
    {
        let said = attack("write", path).await;
        assert!(said.contains("Read-only") || said.contains("Permission denied"), "{path}: {said}");
    }
    assert_eq!(attack("write", "/tmp/x").await, "\"written\"");
    // Other processes: only its own are seen.
    let seen = attack("shell", "ls -d /proc/[0-9]*").await;
    assert!(seen.matches("/proc/").count() <= 5, "{seen}");
    assert!(attack("shell", "kill -9 1; echo alive").await.contains("not permitted"));
    // The kernel.
    let powers = attack("shell", "grep -E 'Cap|NoNewPrivs|Seccomp:|^Uid' /proc/self/status").await;
    for line in ["CapEff:\\t0000000000000000", "CapBnd:\\t0000000000000000", "NoNewPrivs:\\t1", "Seccomp:\\t2"] {
        assert!(powers.contains(line), "{powers}");
    }
    assert!(!powers.contains("Uid:\\t0"), "{powers}");
    for command in [
        "unshare -U true",
        "unshare -m true",
        "mount -t tmpfs none /tmp",
        "mknod /tmp/disk b 254 0",
        "nsenter -t 1 -m true",
        "chroot / true",
        "su root -c true",
        "dmesg",
        "hostname other",
        "echo 1 > /proc/sysrq-trigger",
        "cat /dev/vda",
        "ls /sys/fs/cgroup/memory",
    ] {
        let said = attack("shell", &format!("{command} && echo DONE")).await;
        assert!(!said.contains("DONE"), "{command}: {said}");
    }
    // Both still work.
    assert_eq!(region.invoke(&victim, json!({})).await.report.outcome, Outcome::Success);
}

async fn a_bomb_hits_its_own_limits(region: Region) {
    region.ready().await;
    let bomb = region.revision(|revision| (revision.timeout_seconds, revision.memory_mib) = (60, 1769));
    let bystander = region.revision(|_| {});
    region.invoke(&bystander, json!({})).await;
    let said = region.ask(&bomb, json!({"do": "fork"})).await;
    let (count, why) = said.as_str().unwrap().split_once(' ').unwrap();
    assert!((900..=1024).contains(&count.parse::<u32>().unwrap()), "{said}");
    assert!(why.contains("Resource temporarily unavailable"), "{said}");
    let said = region.ask(&bomb, json!({"do": "fill", "argument": "/tmp/full", "mib": 700})).await;
    let (mib, why) = said.as_str().unwrap().split_once(' ').unwrap();
    assert!((500..530).contains(&mib.parse::<u32>().unwrap()) && why.contains("No space left"), "{said}");
    let large = region
        .revision(|revision| (revision.timeout_seconds, revision.memory_mib, revision.tmp_mib) = (60, 1769, 1024));
    assert_eq!(region.ask(&large, json!({"do": "fill", "argument": "/tmp/full", "mib": 900})).await, json!("all"));
    assert_eq!(region.invoke(&bystander, json!({})).await.report.outcome, Outcome::Success);
}

async fn what_aws_sets_is_set(region: Region) {
    region.ready().await;
    let id = region.revision(|revision| {
        revision.environment.insert("MINE".into(), "x".into());
        revision.environment.insert("TZ".into(), "Europe/Berlin".into());
        revision.environment.insert("AWS_REGION".into(), "elsewhere".into());
    });
    let said = region.ask(&id, json!({"do": "variables"})).await;
    for (name, value) in [
        ("MINE", "x"),
        ("TZ", "Europe/Berlin"),
        ("AWS_REGION", "us-east-1"),
        ("_HANDLER", "app.handler"),
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
    ] {
        assert_eq!(said[name], json!(value), "{name}");
    }
    assert_eq!(said["AWS_EXECUTION_ENV"], json!(null));
    let head = region.ask(&id, json!({"do": "headers"})).await.to_string();
    for part in ["lambda-runtime-deadline-ms: 1", "lambda-runtime-trace-id: Root=1-", ":function:f:live"] {
        assert!(head.contains(part), "{head}");
    }
}

async fn a_function_reaches_the_region_and_nothing_of_the_host(region: Region) {
    region.ready().await;
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = std::net::SocketAddr::from(([127, 0, 0, 1], address.port()));
    region
        .node
        .set_endpoint(&freehold_functions::contract::Endpoint { address: endpoint, idle_seconds: None })
        .await
        .unwrap();
    let id = region.revision(|revision| revision.timeout_seconds = 10);
    assert_eq!(region.ask(&id, json!({"do": "connect", "argument": "127.0.0.1:4566"})).await, json!("connected"));
    assert!(listener.accept().await.is_ok());
    let said = region.ask(&id, json!({"do": "connect", "argument": endpoint.to_string()})).await;
    assert!(said.as_str().unwrap().contains("refused"), "{said}");
    // A neighbour of the host's stands for the world, where it listens as well as the host does.
    let world = World::new();
    let seen = world.accept();
    let said = region.ask(&id, json!({"do": "connect", "argument": "198.51.100.2:7000"})).await;
    assert_eq!(said, json!("connected"));
    assert_eq!(seen.join().unwrap(), "198.51.100.1", "it hides behind the host");
    let host = format!("198.51.100.1:{}", address.port());
    let said = region.ask(&id, json!({"do": "connect", "argument": host})).await;
    assert!(said.as_str().unwrap().contains("timed out"), "{said}");
    let other = region.revision(|revision| revision.timeout_seconds = 10);
    let own = region.ask(&other, json!({"do": "shell", "argument": "hostname -I || ip -4 -o addr"})).await;
    let neighbour =
        own.as_str().unwrap().split_whitespace().find(|word| word.starts_with("100.")).unwrap_or("100.64.0.1");
    let said = region.ask(&id, json!({"do": "connect", "argument": format!("{neighbour}:9001")})).await;
    assert!(!said.as_str().unwrap().contains("connected"), "{said}");
    let said = region.ask(&id, json!({"do": "connect", "argument": "169.254.169.254:80"})).await;
    assert!(!said.as_str().unwrap().contains("connected"), "{said}");
}

async fn provisioned_environments_are_warm_and_replaced(region: Region) {
    use freehold_functions::contract::Provision;
    region.ready().await;
    let id = region.revision(|_| {});
    let status = async || region.node.status().await.unwrap().revisions.get(&id).cloned().unwrap_or_default();
    region.node.provision(&id, &Provision { wanted: 2, credentials: None }).await.unwrap();
    until("two are warm", async || status().await.provisioned == 2).await;
    let done = region.invoke(&id, json!({"do": "variables"})).await;
    assert!(done.report.is_provisioned && done.report.init_ms.is_none());
    assert!(String::from_utf8_lossy(&done.payload).contains("provisioned-concurrency"));
    region.invoke(&id, json!({"do": "exit", "code": 1})).await;
    until("two are warm again", async || status().await.provisioned == 2).await;
    region.node.provision(&id, &Provision { wanted: 0, credentials: None }).await.unwrap();
    until("none is kept", async || status().await == Default::default()).await;
}

async fn environments_that_nobody_uses_end(region: Region) {
    region.ready().await;
    let id = region.revision(|_| {});
    region.invoke(&id, json!({})).await;
    let status = async || region.node.status().await.unwrap().revisions.get(&id).cloned().unwrap_or_default();
    assert_eq!(status().await.idle, 1);
    until("it ends", async || status().await.idle == 0).await;
}

async fn extensions_are_told_of_invocations_and_of_the_end(region: Region) {
    region.ready().await;
    let layer = region.layer("layer-1", "extensions/watcher");
    let id = region.revision(|revision| revision.layers = vec![layer]);
    let done = region.invoke(&id, json!({"do": "print", "argument": "hello"})).await;
    assert_eq!(done.report.outcome, Outcome::Success, "{done:?}");
    region.invoke(&id, json!({})).await;
    assert!(region.node.remove(&id).await.unwrap());
    until("it has said goodbye", async || region.log().await.iter().any(|line| line.contains("SHUTDOWN spindown")))
        .await;
    let log = region.log().await;
    let told: Vec<_> = log.iter().filter(|line| line.starts_with("watcher ")).collect();
    assert_eq!(told.len(), 3, "{log:?}");
    assert!(told[0].contains(&format!("INVOKE {}", done.report.request_id)), "{told:?}");
    // One that does not register keeps the function from being initialized.
    let layer = region.layer("layer-2", "extensions/crasher");
    let id = region.revision(|revision| revision.layers = vec![layer]);
    let done = region.invoke(&id, json!({})).await;
    assert_eq!(done.report.outcome, Outcome::ExtensionFailed { error_type: "Extension.Crash".into() }, "{done:?}");
}

async fn a_response_is_streamed(region: Region) {
    use freehold_functions::client::{Invoke, Streamed, report_of};
    use http_body_util::BodyExt;
    region.ready().await;
    let id = region.revision(|_| {});
    let event = json!({"do": "stream", "pieces": 3});
    let wanted = Invoke { wants_stream: true, ..crate::harness::invoke(event.clone()) };
    let Streamed::Begun { content_type, mut body } = region.node.invoke_streaming(&id, wanted).await.unwrap() else {
        panic!("it is not streamed");
    };
    assert_eq!(content_type.as_deref(), Some("text/plain"));
    let (mut data, mut report) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        match frame.unwrap().into_data() {
            Ok(piece) => data.extend_from_slice(&piece),
            Err(frame) => report = report_of(&frame.into_trailers().unwrap()),
        }
    }
    assert_eq!(data, b"piece 0\npiece 1\npiece 2\n");
    assert_eq!(report.unwrap().outcome, Outcome::Success);
    // Whoever wants it whole gets it whole.
    assert_eq!(region.invoke(&id, event).await.payload, data);
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
