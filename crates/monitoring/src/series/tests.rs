use super::*;

const NOW: i64 = 1_700_000_040;
const DAY: i64 = 24 * 3600;

fn metric(name: &str) -> Arc<MetricId> {
    Arc::new(MetricId::new("111122223333", "App", name, vec![("b".into(), "2".into()), ("a".into(), "1".into())]))
}

fn measured(name: &str, at: i64, resolution: i64, value: f64) -> Measurement {
    let aggregate = Aggregate::of(value, 1.0);
    Measurement { metric: metric(name), at, resolution, unit: "Count".into(), aggregate }
}

fn points_of(store: &SeriesStore, name: &str, unit: Option<&str>) -> Vec<Point> {
    let mut found = Vec::new();
    let asked = Asked { metric: &metric(name), unit, range: 0..i64::MAX, with_values: true };
    let points = |connection: &_| super::read::points(connection, &asked, &mut |point| found.push(point));
    store.readers.with(points).unwrap();
    found.sort_by_key(|point| point.at);
    found
}

fn all(store: &SeriesStore, name: &str) -> Vec<Point> {
    points_of(store, name, None)
}

async fn retain_all(store: &SeriesStore, now: i64) {
    while store.retain(now).await.unwrap() {}
}

#[tokio::test]
async fn what_was_written_is_read_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeriesStore::open(directory.path()).unwrap();
    store.write(vec![measured("m", NOW, 60, 1.0), measured("m", NOW + 5, 60, 4.0)]).await.unwrap();
    store.write(vec![measured("m", NOW + 7, 60, 2.0), measured("m", NOW + 7, 1, 2.0)]).await.unwrap();
    drop(store);
    let store = SeriesStore::open(directory.path()).unwrap();
    let points = all(&store, "m");
    assert_eq!(points.iter().map(|point| (point.at, point.resolution)).collect::<Vec<_>>(), [(NOW, 60), (NOW + 7, 1)]);
    let merged = &points[0].aggregate;
    assert_eq!((merged.count, merged.sum, merged.minimum, merged.maximum), (3.0, 7.0, 1.0, 4.0));
    assert_eq!(merged.values.as_ref().unwrap().pairs(), [(1.0, 1.0), (2.0, 1.0), (4.0, 1.0)]);
    assert!(points_of(&store, "m", Some("Bytes")).is_empty());
}

#[tokio::test]
async fn metrics_are_listed_by_what_they_have() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeriesStore::open(directory.path()).unwrap();
    store.write(vec![measured("m", NOW, 60, 1.0), measured("n", NOW - DAY, 60, 1.0)]).await.unwrap();
    let filter = |change: &dyn Fn(&mut ListFilter)| {
        let mut filter = ListFilter { account: "111122223333".into(), limit: 10, ..ListFilter::default() };
        change(&mut filter);
        store.list(&filter).unwrap().into_iter().map(|listed| listed.metric.name).collect::<Vec<_>>()
    };
    assert_eq!(filter(&|_| {}), ["m", "n"]);
    assert_eq!(filter(&|filter| filter.since = NOW - 3600), ["m"]);
    assert_eq!(filter(&|filter| filter.dimensions = vec![("a".into(), Some("1".into())), ("b".into(), None)]).len(), 2);
    assert!(filter(&|filter| filter.dimensions = vec![("a".into(), Some("2".into()))]).is_empty());
    assert!(filter(&|filter| filter.account = "444455556666".into()).is_empty());
    assert_eq!(filter(&|filter| filter.limit = 1), ["m"]);
}

#[tokio::test]
async fn what_is_old_is_rolled_up_and_in_the_end_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeriesStore::open(directory.path()).unwrap();
    let begin = NOW - NOW.rem_euclid(3600);
    let every = (0..120).map(|second| measured("m", begin + second, 1, 1.0)).collect();
    store.write(every).await.unwrap();
    retain_all(&store, begin + 3 * 3600 + 200).await;
    assert_eq!(all(&store, "m").iter().map(|point| point.resolution).collect::<Vec<_>>(), [60, 60]);
    retain_all(&store, begin + 64 * DAY).await;
    let [hour] = &all(&store, "m")[..] else { panic!("{:?}", all(&store, "m")) };
    assert_eq!((hour.at, hour.resolution, hour.aggregate.count), (begin, 3600, 120.0));
    retain_all(&store, begin + 456 * DAY).await;
    assert!(all(&store, "m").is_empty());
    let everything = ListFilter { account: "111122223333".into(), limit: 10, ..ListFilter::default() };
    assert!(store.list(&everything).unwrap().is_empty());
    store.write(vec![measured("m", begin + 456 * DAY, 60, 1.0)]).await.unwrap();
    assert_eq!(all(&store, "m").len(), 1);
}

#[tokio::test]
async fn many_writers_share_commits_and_none_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeriesStore::open(directory.path()).unwrap();
    let writers = (0..50).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.write(vec![measured("m", NOW + number * 60, 60, 1.0)]).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(all(&store, "m").len(), 50);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("metrics.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 7").unwrap();
    assert!(SeriesStore::open(directory.path()).is_err());
    std::fs::write(&path, b"not a database at all, but text that is long enough to be one").unwrap();
    assert!(SeriesStore::open(directory.path()).is_err());
}

#[tokio::test]
async fn what_is_too_much_at_once_waits_or_is_lost_but_never_piles_up() {
    let directory = tempfile::tempdir().unwrap();
    let store = SeriesStore::open(directory.path()).unwrap();
    let many = |count: i64| (0..count).map(|number| measured("m", NOW + number, 1, 1.0)).collect::<Vec<_>>();
    // More than all that may wait is taken, alone.
    store.write(many(101_000)).await.unwrap();
    for _ in 0..40 {
        store.write_soon(many(10_000));
    }
    store.write(many(1)).await.unwrap();
    let count: f64 = all(&store, "m").iter().map(|point| point.aggregate.count).sum();
    assert!(count > 101_000.0 && count < 501_001.0, "{count}");
}
