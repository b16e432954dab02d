use std::collections::BTreeSet;

use super::*;

const GROUP: i64 = 7;

struct Opened {
    store: Arc<EventStore>,
    directory: tempfile::TempDir,
}

fn open() -> Opened {
    let directory = tempfile::tempdir().unwrap();
    Opened { store: EventStore::open(directory.path()).unwrap(), directory }
}

async fn put(store: &EventStore, group: i64, stream: &str, events: &[(i64, &str)]) -> bool {
    let number = store.numbers(events.len());
    let events = events
        .iter()
        .zip(number..)
        .map(|((at, message), number)| NewEvent { place: Place { at: *at, number }, message: (*message).to_owned() });
    let batch = Batch { group, stream: stream.into(), ingested: 1, events: events.collect(), deliveries: Vec::new() };
    store.put(batch).await.unwrap()
}

const ALL: Range = Range { after: Place::FIRST, before: Place::LAST, from_end: false };
const MUCH: Budget = Budget { events: 1000, bytes: 1 << 20, looks: 1000 };

fn messages(store: &EventStore, streams: Option<BTreeSet<i64>>, range: Range, budget: Budget) -> Vec<String> {
    let source = Source::Group { number: GROUP, streams };
    let page = store.events(&source, range, budget, &|_| true).unwrap();
    page.events.into_iter().map(|event| event.message).collect()
}

#[tokio::test]
async fn events_of_all_streams_come_in_the_order_of_time_and_survive() {
    let Opened { store, directory } = open();
    assert!(!put(&store, GROUP, "a", &[(1, "lost")]).await);
    assert!(store.create_stream(GROUP, "a".into(), 0).await.unwrap());
    assert!(!store.create_stream(GROUP, "a".into(), 0).await.unwrap());
    assert!(store.create_stream(GROUP, "b".into(), 0).await.unwrap());
    assert!(put(&store, GROUP, "a", &[(1, "one"), (3, "three")]).await);
    assert!(put(&store, GROUP, "b", &[(2, "two"), (3, "three again")]).await);
    store.close();
    drop(store);
    let store = EventStore::open(directory.path()).unwrap();
    assert_eq!(messages(&store, None, ALL, MUCH), ["one", "two", "three", "three again"]);
    let stream = store.stream(GROUP, "b").unwrap().unwrap();
    assert_eq!((stream.first, stream.last, stream.ingested), (Some(2), Some(3), Some(1)));
    assert_eq!(messages(&store, Some([stream.id].into()), ALL, MUCH), ["two", "three again"]);
    let last = Range { from_end: true, ..ALL };
    assert_eq!(messages(&store, None, last, Budget { events: 2, ..MUCH }), ["three", "three again"]);
    assert_eq!(store.stored_bytes(GROUP).unwrap(), 4 * 26 + 22);
}

#[tokio::test]
async fn pages_meet_without_a_gap() {
    let Opened { store, directory: _directory } = open();
    store.create_stream(GROUP, "a".into(), 0).await.unwrap();
    let events: Vec<_> = (0..50).map(|number| (number / 7, "m")).collect();
    put(&store, GROUP, "a", &events).await;
    let source = Source::Group { number: GROUP, streams: None };
    for budget in [Budget { events: 3, ..MUCH }, Budget { bytes: 60, ..MUCH }, Budget { looks: 4, ..MUCH }] {
        for from_end in [false, true] {
            let (mut range, mut count) = (Range { from_end, ..ALL }, 0);
            loop {
                let page = store.events(&source, range, budget, &|_| true).unwrap();
                count += page.events.len();
                match page.stopped {
                    Some(place) if from_end => range.before = place,
                    Some(place) => range.after = place,
                    None => break,
                }
            }
            assert_eq!(count, 50);
        }
    }
}

#[tokio::test]
async fn what_is_deleted_or_old_is_gone_at_once_and_removed_bit_by_bit() {
    let Opened { store, directory: _directory } = open();
    for stream in ["a", "b"] {
        store.create_stream(GROUP, stream.into(), 0).await.unwrap();
        put(&store, GROUP, stream, &(0..2500).map(|at| (at, "message")).collect::<Vec<_>>()).await;
    }
    assert!(store.delete_stream(GROUP, "a".into()).await.unwrap());
    assert!(!store.delete_stream(GROUP, "a".into()).await.unwrap());
    assert!(store.stream(GROUP, "a").unwrap().is_none());
    let everything = Budget { events: 9000, bytes: 1 << 20, looks: 9000 };
    assert_eq!(messages(&store, None, ALL, everything).len(), 2500);
    assert!(store.has_garbage().unwrap());
    while store.sweep().await.unwrap() {}
    assert!(!store.has_garbage().unwrap() && store.has_older(GROUP, 100).unwrap());
    while store.expire(GROUP, 2400).await.unwrap() {}
    assert!(!store.has_older(GROUP, 2400).unwrap());
    assert_eq!(store.stream(GROUP, "b").unwrap().unwrap().first, Some(2400));
    assert_eq!(store.stored_bytes(GROUP).unwrap(), 100 * 33);
    store.delete_group(GROUP).await.unwrap();
    assert_eq!(store.stored_bytes(GROUP).unwrap(), 0);
    assert!(messages(&store, None, ALL, everything).is_empty());
}

#[tokio::test]
async fn streams_are_listed_by_name_or_by_their_last_event() {
    let Opened { store, directory: _directory } = open();
    for (stream, at) in [("x1", 30), ("x2", 10), ("y%", 20)] {
        store.create_stream(GROUP, stream.into(), 5).await.unwrap();
        put(&store, GROUP, stream, &[(at, "m")]).await;
    }
    let list = |prefix: &str, order, is_descending, after: Option<(&str, i64)>| {
        let after = after.map(|(name, touched)| (name.to_owned(), touched));
        let page = StreamPage { group: GROUP, prefix: prefix.into(), order, is_descending, after, limit: 10 };
        store.streams(&page).unwrap().into_iter().map(|stream| stream.name).collect::<Vec<_>>()
    };
    assert_eq!(list("", Order::Name, false, None), ["x1", "x2", "y%"]);
    assert_eq!(list("x", Order::Name, true, None), ["x2", "x1"]);
    assert_eq!(list("y%", Order::Name, false, None), ["y%"]);
    assert_eq!(list("", Order::Name, false, Some(("x1", 0))), ["x2", "y%"]);
    assert_eq!(list("", Order::LastEvent, true, None), ["x1", "y%", "x2"]);
    assert_eq!(list("", Order::LastEvent, true, Some(("x1", 30))), ["y%", "x2"]);
}

#[tokio::test]
async fn what_subscribers_are_to_be_given_waits_with_the_events() {
    let Opened { store, directory: _directory } = open();
    store.create_stream(GROUP, "a".into(), 0).await.unwrap();
    let delivery = |filter: &str, payload: &str| Delivery {
        filter: filter.into(),
        destination: "to".into(),
        source: "from".into(),
        payload: payload.into(),
    };
    let deliveries = vec![delivery("f", "1"), delivery("g", "2"), delivery("f", "3")];
    let event = NewEvent { place: Place { at: 1, number: store.numbers(1) }, message: "m".into() };
    let batch = Batch { group: GROUP, stream: "a".into(), ingested: 9, events: vec![event], deliveries };
    let watch = store.watch_deliveries();
    assert!(store.put(batch).await.unwrap() && watch.has_changed().unwrap());
    assert_eq!(store.waiting().unwrap(), [(GROUP, "f".to_owned()), (GROUP, "g".to_owned())]);
    let first = store.next_delivery(GROUP, "f").unwrap().unwrap();
    assert_eq!((first.payload.as_slice(), first.at), (b"1".as_slice(), 9));
    store.forget_delivery(first.id).await.unwrap();
    assert_eq!(store.next_delivery(GROUP, "f").unwrap().unwrap().payload, b"3");
}

#[tokio::test]
async fn many_writers_share_commits() {
    let Opened { store, directory: _directory } = open();
    store.create_stream(GROUP, "a".into(), 0).await.unwrap();
    let writers = (0..50).map(|at| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { put(&store, GROUP, "a", &[(at, "m")]).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        assert!(writer.await.unwrap());
    }
    assert_eq!(messages(&store, None, ALL, MUCH).len(), 50);
}
