//! The service without its endpoint: reconcilers that are killed anywhere, and what SNS asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use freehold_api::sqs::{CreateQueueRequest, DeleteQueueRequest, ReceiveMessageRequest, StartMessageMoveTaskRequest};
use freehold_core::reconcile::harness::Scenario;
use freehold_core::{Arn, Clock, ManualClock, Principal, PrincipalKind};
use freehold_iam::{Development, Iam};
use freehold_queues::Queues;
use freehold_store::messages::MemoryJournal;
use freehold_store::{Filter, MemoryStore, SharedStore, StoreExt};
use freehold_wire::Call;

use crate::messages::Content;
use crate::model::{MoveTask, Progress, Tombstone};
use crate::reconcile::{ForgetDeleted, MoveMessages};
use crate::{Attribute, AttributeValue, Delivery, Parts, Sqs, Undeliverable, operations};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// What outlives a control plane, and a service on it.
struct World {
    store: SharedStore,
    clock: Arc<ManualClock>,
    queues: Arc<Queues>,
    sqs: Arc<Sqs>,
}

impl World {
    fn new() -> Self {
        let store: SharedStore = Arc::new(MemoryStore::new(REGION));
        let clock = Arc::new(ManualClock::frozen("2026-03-01T12:00:00Z".parse().unwrap()));
        let queues = Queues::open(MemoryJournal::default(), Arc::clone(&clock) as _).unwrap();
        let sqs = sqs(&store, &clock, &queues);
        Self { store, clock, queues, sqs }
    }

    /// The service as a new control plane would make it.
    fn again(&self) -> Arc<Sqs> {
        sqs(&self.store, &self.clock, &self.queues)
    }

    async fn create(&self, name: &str, attributes: &[(&str, &str)]) {
        let attributes: BTreeMap<String, String> =
            attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let input = CreateQueueRequest { queue_name: Some(name.into()), attributes: Some(attributes), tags: None };
        operations::create_queue(Arc::clone(&self.sqs), call("CreateQueue"), input).await.unwrap();
    }

    async fn send(&self, name: &str, bodies: &[&str]) {
        let outgoing = bodies.iter().map(|body| self.sqs.outgoing(&arn(name), delivery(body)).unwrap()).collect();
        self.queues.send(outgoing).await.unwrap();
    }

    fn visible(&self, name: &str) -> u64 {
        self.sqs.queue_id(&arn(name)).map_or(0, |id| self.queues.counts(id).unwrap().visible)
    }

    /// Whether so many are there, if not now then soon: what a step that was cut off had asked for is still under way.
    fn will_have(&self, name: &str, count: u64) -> bool {
        let is_there = |_| {
            std::thread::sleep(Duration::from_millis(1));
            self.visible(name) == count
        };
        self.visible(name) == count || (0..5000).any(is_there)
    }
}

fn sqs(store: &SharedStore, clock: &Arc<ManualClock>, queues: &Arc<Queues>) -> Arc<Sqs> {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    let iam = Iam::new(Arc::clone(store), Arc::clone(&clock), Development::Accepted);
    let (store, queues) = (Arc::clone(store), Arc::clone(queues));
    Sqs::new(Parts { store, clock, region: REGION.into(), queues, iam, counter: Arc::default() }).unwrap()
}

fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

fn call(operation: &'static str) -> Call {
    Call {
        request_id: String::new(),
        principal: Principal {
            account: ACCOUNT.into(),
            arn: Arn::root(ACCOUNT),
            user_id: ACCOUNT.into(),
            kind: PrincipalKind::Root,
            access_key_id: ACCOUNT.into(),
        },
        region: REGION.into(),
        operation,
        endpoint: "http://127.0.0.1:4566".into(),
        source_ip: [127, 0, 0, 1].into(),
        trace: None,
    }
}

fn delivery(body: &str) -> Delivery {
    let (group, deduplication) = (None, None);
    Delivery { body: body.into(), attributes: Vec::new(), group, deduplication, sender_id: "topic".into(), trace: None }
}

async fn with_a_deleted_queue() -> World {
    let world = World::new();
    world.create("jobs", &[]).await;
    world.send("jobs", &["1", "2", "3"]).await;
    let input = DeleteQueueRequest { queue_url: Some(format!("http://h/{ACCOUNT}/jobs")) };
    operations::delete_queue(Arc::clone(&world.sqs), call("DeleteQueue"), input).await.unwrap();
    world
}

#[tokio::test]
async fn a_deleted_queue_is_forgotten_after_a_minute_however_the_reconciler_is_disturbed() {
    let scenario =
        Scenario::new(with_a_deleted_queue, |world: &World| vec![Arc::new(ForgetDeleted::new(world.again()))])
            .waiting(|world, pause| world.clock.advance(pause))
            .outcome(|world| {
                let left = world.store.list::<Tombstone>(&Filter::all()).unwrap();
                let minute = world.clock.now().as_second() - 1_772_366_400;
                if left.is_empty() && minute >= 60 { Ok(()) } else { Err(format!("{left:?} after {minute} s")) }
            });
    scenario.undisturbed().await;
    scenario.killed_after_each_step().await;
    scenario.failing_at_each_step().await;
}

async fn with_dead_letters(per_second: Option<i32>) -> World {
    let world = World::new();
    world.create("dead", &[]).await;
    let redrive = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#, arn("dead"));
    world.create("jobs", &[("RedrivePolicy", &redrive)]).await;
    world.send("dead", &["1", "2", "3"]).await;
    let input = StartMessageMoveTaskRequest {
        source_arn: Some(arn("dead")),
        destination_arn: Some(arn("jobs")),
        max_number_of_messages_per_second: per_second,
    };
    operations::start_message_move_task(Arc::clone(&world.sqs), call("StartMessageMoveTask"), input).await.unwrap();
    world
}

#[tokio::test]
async fn dead_letters_come_back_once_however_the_reconciler_is_disturbed() {
    for per_second in [None, Some(1)] {
        let scenario = Scenario::new(
            move || with_dead_letters(per_second),
            |world: &World| vec![Arc::new(MoveMessages::new(world.again()))],
        )
        .waiting(|world, pause| world.clock.advance(pause))
        .invariant(|world| {
            let (there, here) = (world.visible("dead"), world.visible("jobs"));
            // What is on its way is in neither for a moment.
            if there + here <= 3 { Ok(()) } else { Err(format!("{there} and {here}")) }
        })
        .outcome(|world| {
            let task = &world.store.list::<MoveTask>(&Filter::all()).unwrap()[0];
            let is_done = task.progress == Progress::Completed && world.will_have("jobs", 3);
            if is_done { Ok(()) } else { Err(format!("{task:?}")) }
        });
        scenario.undisturbed().await;
        scenario.killed_after_each_step().await;
        scenario.failing_at_each_step().await;
    }
}

#[tokio::test]
async fn a_notification_is_a_message_as_if_the_topic_had_sent_it() {
    let world = World::new();
    world.create("jobs", &[("DelaySeconds", "7"), ("MaximumMessageSize", "1024")]).await;
    let attribute = |value: &str| Attribute { data_type: "String".into(), value: AttributeValue::Text(value.into()) };
    let attributes = vec![("b".into(), attribute("2")), ("a".into(), attribute("1"))];
    let outgoing = world.sqs.outgoing(&arn("jobs"), Delivery { attributes, ..delivery("news") }).unwrap();
    assert_eq!((Some(outgoing.queue), outgoing.delay), (world.sqs.queue_id(&arn("jobs")), Duration::from_secs(7)));
    let content = Content::decode(&outgoing.content).unwrap();
    assert_eq!((content.body, content.sender_id), ("news", "topic"));
    assert_eq!(content.attributes.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b"]);

    let refused = |delivery| world.sqs.outgoing(&arn("jobs"), delivery).unwrap_err();
    assert_eq!(refused(delivery(&"x".repeat(1025))), Undeliverable::TooLong { limit: 1024 });
    assert!(matches!(refused(delivery("\0")), Undeliverable::Invalid(_)));
    let duplicate = Delivery { deduplication: Some("d".into()), ..delivery("x") };
    assert!(matches!(refused(duplicate), Undeliverable::Fifo(_)));
    assert_eq!(world.sqs.outgoing(&arn("none"), delivery("x")), Err(Undeliverable::NoQueue));
}

#[tokio::test]
async fn a_notification_for_a_fifo_queue_has_a_group_and_is_known_by_something() {
    let world = World::new();
    world.create("jobs.fifo", &[("FifoQueue", "true")]).await;
    let send = |group: Option<&str>, deduplication: Option<&str>| {
        let (group, deduplication) = (group.map(str::to_owned), deduplication.map(str::to_owned));
        world.sqs.outgoing(&arn("jobs.fifo"), Delivery { group, deduplication, ..delivery("x") })
    };
    assert!(send(Some("g"), Some("d")).is_ok());
    for (group, deduplication) in [(None, None), (None, Some("d")), (Some("g"), None)] {
        assert!(matches!(send(group, deduplication), Err(Undeliverable::Fifo(_))), "{group:?} {deduplication:?}");
    }
}

#[tokio::test]
async fn definitions_survive_a_restart() {
    let world = World::new();
    world.create("jobs", &[("VisibilityTimeout", "5")]).await;
    let again = world.again();
    assert_eq!(again.queue_id(&arn("jobs")), world.sqs.queue_id(&arn("jobs")));
    assert!(again.may_send(&arn("jobs"), &format!("arn:aws:sns:{REGION}:{ACCOUNT}:news")));
    assert!(!again.may_send(&arn("jobs"), &format!("arn:aws:sns:{REGION}:444455556666:news")));
}

#[tokio::test]
async fn a_queue_has_120_000_messages_in_flight_at_most() {
    const MOST: usize = 120_000;
    let world = World::new();
    world.create("jobs", &[]).await;
    let outgoing = world.sqs.outgoing(&arn("jobs"), delivery("x")).unwrap();
    for _ in 0..=MOST / 10_000 {
        world.queues.send(vec![outgoing.clone(); 10_000]).await.unwrap();
    }
    let receive = |max: i32| {
        let queue_url = Some(format!("/{ACCOUNT}/jobs"));
        let input = ReceiveMessageRequest { queue_url, max_number_of_messages: Some(max), ..Default::default() };
        operations::receive_message(Arc::clone(&world.sqs), call("ReceiveMessage"), input)
    };
    for _ in 0..MOST / 10 {
        assert_eq!(receive(10).await.unwrap().messages.unwrap().len(), 10);
    }
    let refused = receive(1).await.unwrap_err();
    assert_eq!((&*refused.code, refused.status), ("OverLimit", 400));
}
