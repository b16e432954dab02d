//! Events on their way to functions and from other services, without either.

use std::io::Read;
use std::sync::Mutex;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_core::metrics::Unheard;
use freehold_core::reconcile::{Next, Reconciler};
use freehold_core::targets::{Sender, Target, TargetError};
use freehold_core::{Arn, ManualClock};
use freehold_store::MemoryStore;
use serde_json::{Value, json};

use super::*;
use crate::events::{Budget, Place, Range, Source};
use crate::model::{Class, ResourcePolicy, SubscriptionFilter};
use crate::reconcile::Deliver;

const ACCOUNT: &str = "111122223333";

/// A function that is busy as often as it is told.
#[derive(Default)]
struct Function {
    busy: Mutex<usize>,
    received: Mutex<Vec<(Vec<u8>, Sender)>>,
}

#[async_trait]
impl Target for Function {
    async fn deliver(&self, to: &Arn, payload: &[u8], sender: &Sender) -> Result<(), TargetError> {
        if to.resource.ends_with(":gone") {
            return Err(TargetError::Refused("no such function".into()));
        }
        let mut busy = self.busy.lock().unwrap();
        if *busy > 0 {
            *busy -= 1;
            return Err(TargetError::Unavailable("busy".into()));
        }
        self.received.lock().unwrap().push((payload.to_vec(), sender.clone()));
        Ok(())
    }
}

struct Region {
    logs: Arc<Logs>,
    clock: Arc<ManualClock>,
    function: Arc<Function>,
    _directory: tempfile::TempDir,
}

async fn region(destination: &str) -> (Region, Group) {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::frozen("2026-01-02T03:04:05Z".parse().unwrap()));
    let (function, targets) = (Arc::new(Function::default()), Arc::new(Targets::default()));
    targets.register("lambda", Arc::clone(&function) as _);
    let logs = Logs::new(Parts {
        store: Arc::new(MemoryStore::new("us-east-1")),
        clock: Arc::clone(&clock) as _,
        events: EventStore::open(directory.path()).unwrap(),
        region: "us-east-1".into(),
        metrics: Arc::new(Unheard),
        local: Local::new("us-east-1"),
        targets,
    });
    let filter = SubscriptionFilter {
        pattern: "[level = ERROR, what]".into(),
        created: logs.now(),
        destination: format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{destination}"),
    };
    let group = Group {
        id: Group::id_of(ACCOUNT, "/g"),
        number: 5,
        account: ACCOUNT.into(),
        name: "/g".into(),
        created: logs.now(),
        class: Class::Standard,
        retention_days: None,
        is_protected: false,
        tags: Default::default(),
        metric_filters: Default::default(),
        subscriptions: [("f".to_owned(), filter)].into(),
    };
    let stored = group.clone();
    logs.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&stored)?)).await.unwrap();
    logs.events.create_stream(group.number, "s".into(), 0).await.unwrap();
    (Region { logs, clock, function, _directory: directory }, group)
}

async fn put(logs: &Logs, group: &Group, messages: &[&str]) {
    let at = logs.now().as_millisecond();
    let event =
        |(message, number): (&&str, i64)| NewEvent { place: Place { at, number }, message: (*message).to_owned() };
    let events = messages.iter().zip(logs.events.numbers(messages.len())..).map(event).collect();
    assert!(logs.take(group, logs.now(), "s".into(), events).await.unwrap());
}

#[tokio::test]
async fn a_function_is_given_what_it_subscribed_to_until_it_takes_it() {
    let (region, group) = region("works").await;
    put(&region.logs, &group, &["ERROR one", "INFO two", "ERROR three"]).await;
    put(&region.logs, &group, &["INFO four"]).await;
    let deliver = Deliver(Arc::clone(&region.logs));
    let [key] = deliver.pending().await.unwrap().try_into().unwrap();
    *region.function.busy.lock().unwrap() = 1;
    assert!(deliver.step(&key).await.is_err());
    assert_eq!(deliver.step(&key).await.unwrap(), Next::Again);
    assert_eq!(deliver.step(&key).await.unwrap(), Next::Settled);
    assert!(deliver.pending().await.unwrap().is_empty());
    let received = region.function.received.lock().unwrap();
    let [(payload, sender)] = received.as_slice() else { panic!("{received:?}") };
    let arn = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g:*");
    assert_eq!((sender.service, sender.arn.as_str()), ("logs.amazonaws.com", arn.as_str()));
    let payload: Value = serde_json::from_slice(payload).unwrap();
    let packed = STANDARD.decode(payload["awslogs"]["data"].as_str().unwrap()).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&data["messageType"], &data["owner"], &data["logGroup"], &data["logStream"], &data["subscriptionFilters"]),
        (&json!("DATA_MESSAGE"), &json!(ACCOUNT), &json!("/g"), &json!("s"), &json!(["f"]))
    );
    let events = data["logEvents"].as_array().unwrap();
    let messages: Vec<_> = events.iter().map(|event| event["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["ERROR one", "ERROR three"]);
    assert_eq!(events[1]["extractedFields"], json!({"level": "ERROR", "what": "three"}));
}

#[tokio::test]
async fn what_nobody_takes_is_given_up() {
    let (gone, group) = region("gone").await;
    put(&gone.logs, &group, &["ERROR one"]).await;
    let deliver = Deliver(Arc::clone(&gone.logs));
    assert_eq!(deliver.step("5/f").await.unwrap(), Next::Again);
    assert!(deliver.pending().await.unwrap().is_empty());
    let (busy, group) = region("busy").await;
    put(&busy.logs, &group, &["ERROR one"]).await;
    let deliver = Deliver(Arc::clone(&busy.logs));
    *busy.function.busy.lock().unwrap() = 9;
    assert!(deliver.step("5/f").await.is_err());
    busy.clock.advance(std::time::Duration::from_secs(25 * 3600));
    assert_eq!(deliver.step("5/f").await.unwrap(), Next::Again);
    assert!(deliver.pending().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_service_writes_where_a_policy_lets_it() {
    let (region, group) = region("works").await;
    let logs = &region.logs;
    let to: Arn = group.arn("us-east-1").parse().unwrap();
    let arn = format!("arn:aws:events:us-east-1:{ACCOUNT}:rule/r");
    let sender = Sender { service: "events.amazonaws.com", arn };
    let refused = logs.deliver(&to, b"{}", &sender).await.unwrap_err();
    assert!(refused.is_permanent(), "{refused}");
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": format!("{to}:*"),
    });
    let policy = ResourcePolicy {
        id: ResourcePolicy::id_of(ACCOUNT, "p"),
        account: ACCOUNT.into(),
        name: "p".into(),
        document: json!({"Version": "2012-10-17", "Statement": [statement]}).to_string(),
        updated: logs.now(),
    };
    logs.store.transact::<_, Error, _>(move |tx| Ok(tx.put(&policy)?)).await.unwrap();
    logs.deliver(&to, b"{\"a\":1}", &sender).await.unwrap();
    logs.deliver(&to, b"{\"a\":2}", &sender).await.unwrap();
    let other = Sender { service: "sns.amazonaws.com", ..sender.clone() };
    assert!(logs.deliver(&to, b"{}", &other).await.is_err());
    let missing: Arn = format!("{to}x").parse().unwrap();
    assert!(logs.deliver(&missing, b"{}", &sender).await.is_err());
    let source = Source::Group { number: group.number, streams: None };
    let range = Range { after: Place::FIRST, before: Place::LAST, from_end: false };
    let budget = Budget { events: 10, bytes: 1 << 20, looks: 10 };
    let page = logs.events.events(&source, range, budget, &|_| true).unwrap();
    let found: Vec<_> = page.events.iter().map(|event| (event.stream.as_str(), event.message.as_str())).collect();
    assert_eq!(found, [("r", "{\"a\":1}"), ("r", "{\"a\":2}")]);
}
