//! The service without its endpoint: reconcilers that are killed anywhere, and events whose time passes.

mod vpc;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use freehold_api::iam::{CreateRoleRequest, PutRolePolicyRequest, op as iam_op};
use freehold_core::metrics::Unheard;
use freehold_core::patterns::EventPatterns;
use freehold_core::reconcile::harness::Scenario;
use freehold_core::targets::{Extras, Sender, Target, TargetError, Targets};
use freehold_core::{Arn, ManualClock, Principal};
use freehold_functions::contract::{LogBatch, Outcome, Provision, Status};
use freehold_functions::layout::Layout;
use freehold_iam::{Development, Iam};
use freehold_queues::Queues;
use freehold_store::messages::MemoryJournal;
use freehold_store::{Filter, MemoryStore, SharedStore, StoreExt, TxExt};
use freehold_wire::Local;
use serde_json::Value;

use crate::invoke::{Event, lineage, tests::ran};
use crate::model::{Dismissed, EventInvoke, Function, LayerVersion, Settings, State, Version};
use crate::node::{Node, NodeError, Ran, Removal, Run, Streaming};
use crate::packages::tests::package;
use crate::reconcile::{Dismiss, ForgetLayers, ForgetUnpacked, Prepare};
use crate::{Lambda, Parts};

const ACCOUNT: &str = "111122223333";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:111122223333:function:f";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:done";

/// Runs nothing; answers what it was told to.
#[derive(Default)]
struct Script {
    outcomes: Mutex<VecDeque<Outcome>>,
    ran: Mutex<Vec<Run>>,
}

#[async_trait]
impl Node for Script {
    async fn runtimes(&self) -> Result<Vec<String>, NodeError> {
        Ok(vec!["python3.11".into()])
    }

    async fn run(&self, run: Run) -> Result<Ran, NodeError> {
        self.ran.lock().unwrap().push(run);
        let outcome = self.outcomes.lock().unwrap().pop_front().unwrap_or(Outcome::Success);
        Ok(ran(outcome, r#"{"errorMessage":"no"}"#))
    }

    async fn stream(&self, _: Run) -> Result<Streaming, NodeError> {
        Err(NodeError::Unavailable("not here".into()))
    }

    async fn provision(&self, _: &str, _: Provision) -> Result<(), NodeError> {
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<Removal, NodeError> {
        Ok(Removal::Gone)
    }

    async fn status(&self) -> Result<Status, NodeError> {
        Err(NodeError::Unavailable("not here".into()))
    }

    fn set_endpoint(&self, _: SocketAddr) {}

    async fn logs(&self, _: u64) -> Result<LogBatch, NodeError> {
        Err(NodeError::Unavailable("not here".into()))
    }
}

struct NoPatterns;

impl EventPatterns for NoPatterns {
    fn check(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn matches(&self, _: &str, _: &Value) -> bool {
        true
    }
}

/// Keeps what is sent.
#[derive(Default)]
struct Kept(Mutex<Vec<(String, Extras)>>);

#[async_trait]
impl Target for Kept {
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        self.deliver_with(to, payload, &Extras::default(), sender).await
    }

    async fn deliver_with(&self, _: &Arn, payload: &[u8], extras: &Extras, _: &Sender) -> Result<(), TargetError> {
        self.0.lock().unwrap().push((String::from_utf8(payload.to_vec()).unwrap(), extras.clone()));
        Ok(())
    }
}

/// What outlives a control plane, and a service on it.
struct World {
    store: SharedStore,
    clock: Arc<ManualClock>,
    queues: Arc<Queues>,
    node: Arc<Script>,
    kept: Arc<Kept>,
    lambda: Arc<Lambda>,
    _folder: tempfile::TempDir,
}

impl World {
    /// With the function `f`, which is not yet where it would run.
    async fn new() -> Self {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let clock = Arc::new(ManualClock::frozen("2026-03-01T12:00:00Z".parse().unwrap()));
        let queues = Queues::open(MemoryJournal::default(), Arc::clone(&clock) as _).unwrap();
        let iam = Iam::new(Arc::clone(&store), Arc::clone(&clock) as _, Development::Accepted);
        let local = Local::new("us-east-1");
        iam.services().iter().for_each(|service| local.register(service));
        let (node, kept, targets) =
            (Arc::new(Script::default()), Arc::new(Kept::default()), Arc::new(Targets::default()));
        targets.register("sqs", Arc::clone(&kept) as _);
        let folder = tempfile::tempdir().unwrap();
        let role = make_role(&local).await;
        let lambda = Lambda::new(Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock) as _,
            region: "us-east-1".into(),
            iam,
            local,
            targets,
            metrics: Arc::new(Unheard),
            queues: Arc::clone(&queues),
            patterns: Arc::new(NoPatterns),
            layout: Layout::new(folder.path()),
            node: Arc::clone(&node) as _,
        });
        let code = lambda.packages.take(package(&[("index.py", b"pass")]), true).await.unwrap();
        let settings =
            Settings { role, runtime: "python3.11".into(), handler: "index.handler".into(), ..Settings::new() };
        let function = Function::new(FUNCTION.into(), ACCOUNT, "f", lambda.now());
        let version = Version::first(FUNCTION, ACCOUNT, "f", settings, code, lambda.now());
        let put = store.transact::<_, freehold_store::Error, _>(move |tx| {
            tx.put(&function)?;
            tx.put(&version)
        });
        put.await.unwrap();
        Self { store, clock, queues, node, kept, lambda, _folder: folder }
    }

    fn version(&self) -> Version {
        self.store.get::<Version>(&Version::id(FUNCTION, "$LATEST")).unwrap().unwrap()
    }

    async fn change(&self, change: impl FnOnce(&mut Version) + Send + 'static) {
        let mut version = self.version();
        change(&mut version);
        self.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&version)).await.unwrap();
    }

    fn runs(&self) -> usize {
        self.node.ran.lock().unwrap().len()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.queues.wake();
    }
}

async fn make_role(local: &Local) -> String {
    let root = || Principal {
        arn: Arn::root(ACCOUNT),
        account: ACCOUNT.into(),
        kind: freehold_core::PrincipalKind::Root,
        ..Principal::anonymous()
    };
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let input = CreateRoleRequest {
        role_name: Some("r".into()),
        assume_role_policy_document: Some(trust.into()),
        ..CreateRoleRequest::default()
    };
    let role = local.call::<iam_op::CreateRole>(root(), input).await.unwrap().role.unwrap().arn.unwrap();
    let all = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let input = PutRolePolicyRequest {
        role_name: Some("r".into()),
        policy_name: Some("all".into()),
        policy_document: Some(all.into()),
    };
    local.call::<iam_op::PutRolePolicy>(root(), input).await.unwrap();
    role
}

fn is_whole(world: &World, build: &str) -> bool {
    let directory = world.lambda.layout.revision(build);
    directory.join("spec.json").is_file() && directory.join("code/index.py").is_file()
}

#[tokio::test]
async fn code_comes_to_where_it_runs_wherever_that_is_cut_off() {
    let scenario = Scenario::new(World::new, |world| vec![Arc::new(Prepare(Arc::clone(&world.lambda))) as _])
        .invariant(|world| {
            let version = world.version();
            match version.live {
                Some(live) if !is_whole(world, &live) => Err(format!("{live} is live and not whole")),
                _ => Ok(()),
            }
        })
        .outcome(|world| match world.version() {
            version if version.state == State::Active && version.live == Some(version.build.clone()) => Ok(()),
            version => Err(format!("{version:?}")),
        });
    scenario.undisturbed().await;
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

#[tokio::test]
async fn what_a_change_replaced_goes_with_its_directory() {
    let make = || async {
        let world = World::new().await;
        let old = world.version().build;
        std::fs::create_dir_all(world.lambda.layout.revision(&old)).unwrap();
        world.change(|version| version.settle(Ok(()))).await;
        let now = world.lambda.now();
        world.change(move |version| version.change(now)).await;
        world
    };
    let scenario = Scenario::new(make, |world| {
        let lambda = || Arc::clone(&world.lambda);
        vec![Arc::new(Prepare(lambda())) as _, Arc::new(Dismiss(lambda())) as _]
    })
    .outcome(|world| {
        let left = std::fs::read_dir(world.lambda.layout.revisions()).unwrap().count();
        let dismissed = world.store.list::<Dismissed>(&Filter::all()).unwrap();
        if left == 1 && dismissed.is_empty() && is_whole(world, &world.version().build) {
            Ok(())
        } else {
            Err(format!("{left} directories, {dismissed:?}"))
        }
    });
    scenario.undisturbed().await;
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

/// Waits for something that other tasks do.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{what}");
}

#[tokio::test]
async fn an_event_that_fails_is_tried_after_one_minute_and_after_two_and_then_told() {
    let world = World::new().await;
    world
        .change(|version| {
            version.settings.dead_letters = Some(QUEUE.into());
            version.settle(Ok(()));
        })
        .await;
    let config = EventInvoke {
        arn: format!("{FUNCTION}:$LATEST"),
        function: FUNCTION.into(),
        account: ACCOUNT.into(),
        modified: world.lambda.now(),
        retries: None,
        max_age: None,
        on_success: None,
        on_failure: Some(QUEUE.into()),
    };
    world.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&config)).await.unwrap();
    world.node.outcomes.lock().unwrap().extend([Outcome::TimedOut, Outcome::OutOfMemory, Outcome::Exited]);
    let function = world.store.get::<Function>(FUNCTION).unwrap().unwrap();
    let event = Event::new("id".into(), None, Bytes::from_static(b"{\"a\":1}"), world.lambda.now());
    world.lambda.enqueue(&function, event).await.unwrap();
    until("a first run", || world.runs() == 1).await;
    // The failure is in the queue before the clock moves on.
    until("a first retry", || world.queues.counts(function.queue).unwrap().delayed == 1).await;
    world.pass(59);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(world.runs(), 1);
    world.pass(1);
    until("a second run", || world.runs() == 2).await;
    until("a second retry", || world.queues.counts(function.queue).unwrap().delayed == 1).await;
    world.pass(120);
    until("a third run", || world.runs() == 3).await;
    until("what is told", || world.kept.0.lock().unwrap().len() == 2).await;
    let kept = world.kept.0.lock().unwrap();
    let record: Value = serde_json::from_str(&kept[0].0).unwrap();
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["responseContext"]["functionError"], "Unhandled");
    assert_eq!(kept[1].0, "{\"a\":1}");
    assert!(kept[1].1.attributes.contains(&("ErrorMessage", "no".to_owned())));
}

#[tokio::test]
async fn an_event_is_given_up_when_it_is_too_old() {
    let world = World::new().await;
    world
        .change(|version| {
            version.settings.dead_letters = Some(QUEUE.into());
            version.settle(Ok(()));
        })
        .await;
    let function = world.store.get::<Function>(FUNCTION).unwrap().unwrap();
    let event = Event::new("id".into(), None, Bytes::from_static(b"{}"), world.lambda.now());
    world.pass(6 * 3600 + 1);
    world.lambda.enqueue(&function, event).await.unwrap();
    until("what is told", || world.kept.0.lock().unwrap().len() == 1).await;
    assert_eq!(world.runs(), 0);
    assert!(world.kept.0.lock().unwrap()[0].1.attributes.contains(&("ErrorMessage", "EventAgeExceeded".to_owned())));
}

#[tokio::test]
async fn a_chain_that_came_back_too_often_is_stopped_and_told_once() {
    let world = World::new().await;
    world
        .change(|version| {
            version.settings.dead_letters = Some(QUEUE.into());
            version.settle(Ok(()));
        })
        .await;
    let function = world.store.get::<Function>(FUNCTION).unwrap().unwrap();
    let enqueue = async |trace: Option<String>| {
        let event = Event::new("id".into(), None, Bytes::from_static(b"{}"), world.lambda.now());
        world.lambda.enqueue(&function, Event { trace_id: trace, ..event }).await.unwrap();
    };
    let mut trace = None;
    for run in 1..=lineage::MOST as usize {
        enqueue(trace.clone()).await;
        until("a run", || world.runs() == run).await;
        trace.clone_from(&world.node.ran.lock().unwrap()[run - 1].trace_id);
    }
    enqueue(trace.clone()).await;
    until("what is told", || world.kept.0.lock().unwrap().len() == 1).await;
    let told = world.kept.0.lock().unwrap()[0].1.clone();
    assert!(told.attributes.contains(&("ErrorMessage", "RecursiveLoop".to_owned())), "{told:?}");
    assert!(told.attributes.contains(&("ErrorCode", "400".to_owned())), "{told:?}");
    // What is told of the loop comes back.
    enqueue(told.trace).await;
    until("an empty queue", || world.queues.counts(function.queue).unwrap() == Default::default()).await;
    assert_eq!((world.runs(), world.kept.0.lock().unwrap().len()), (lineage::MOST as usize, 1));
    // One that may loop does.
    let allowed = Function { allows_loops: true, ..function.clone() };
    world.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&allowed)).await.unwrap();
    enqueue(trace).await;
    until("another run", || world.runs() == lineage::MOST as usize + 1).await;
}

const LAYER: &str = "arn:aws:lambda:us-east-1:111122223333:layer:tools:1";

#[tokio::test]
async fn a_deleted_layer_goes_when_the_last_function_that_has_it_does() {
    let make = || async {
        let world = World::new().await;
        let code = world.lambda.packages.take(package(&[("python/tools.py", b"1")]), true).await.unwrap();
        let layer = LayerVersion {
            arn: LAYER.into(),
            layer: LAYER.strip_suffix(":1").unwrap().into(),
            account: ACCOUNT.into(),
            name: "tools".into(),
            number: 1,
            code,
            description: None,
            created: world.lambda.now(),
            runtimes: Vec::new(),
            architectures: Vec::new(),
            license: None,
            permissions: None,
            allowed: Default::default(),
            is_deleted: true,
        };
        world.store.transact::<_, freehold_store::Error, _>(move |tx| tx.put(&layer)).await.unwrap();
        world.change(|version| version.settings.layers = vec![LAYER.into()]).await;
        world
    };
    let layers = |world: &World| std::fs::read_dir(world.lambda.layout.layers()).map_or(0, Iterator::count);
    let reconcilers = |world: &World| {
        let lambda = || Arc::clone(&world.lambda);
        vec![
            Arc::new(Prepare(lambda())) as _,
            Arc::new(Dismiss(lambda())) as _,
            Arc::new(ForgetLayers(lambda())) as _,
            Arc::new(ForgetUnpacked(lambda())) as _,
        ]
    };
    let kept = Scenario::new(make, reconcilers).outcome(move |world| {
        let is_known = world.store.get::<LayerVersion>(LAYER).unwrap().is_some();
        if is_known && layers(world) == 1 { Ok(()) } else { Err(format!("{is_known} {}", layers(world))) }
    });
    kept.undisturbed().await;
    let make = move || async move {
        let world = make().await;
        // What crashes left.
        for left in ["layers/.half", "revisions/.half/code", "revisions/nobodys/code", "layers/nobodys/python"] {
            std::fs::create_dir_all(world.lambda.layout.root().join(left)).unwrap();
        }
        world.change(|version| version.settings.layers = Vec::new()).await;
        world
    };
    let gone = Scenario::new(make, reconcilers).outcome(move |world| {
        let is_known = world.store.get::<LayerVersion>(LAYER).unwrap().is_some();
        let builds = std::fs::read_dir(world.lambda.layout.revisions()).unwrap().count();
        let counts = (is_known, layers(world), builds);
        if counts == (false, 0, 1) && is_whole(world, &world.version().build) {
            Ok(())
        } else {
            Err(format!("{counts:?}"))
        }
    });
    gone.undisturbed().await;
    gone.killed_after_each_step().await;
    gone.failing_at_each_step().await;
}
