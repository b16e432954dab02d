//! Random interleavings of everything that callers, time and crashes do.

use freehold_core::Clock;
use freehold_store::messages::SqliteJournal;
use proptest::prelude::*;

use super::model::Model;
use super::*;

#[derive(Debug, Clone)]
enum Step {
    /// `again`: with the deduplication id of the message before.
    Send {
        group: u8,
        delay: u64,
        again: bool,
    },
    Receive {
        max: usize,
        seconds: u64,
    },
    Delete(prop::sample::Index),
    Hide(prop::sample::Index, u64),
    Pass(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..3, prop_oneof![3 => Just(0u64), 1 => 1u64..20], any::<bool>())
            .prop_map(|(group, delay, again)| Step::Send { group, delay, again }),
        4 => (1usize..=10, 0u64..20).prop_map(|(max, seconds)| Step::Receive { max, seconds }),
        3 => any::<prop::sample::Index>().prop_map(Step::Delete),
        2 => (any::<prop::sample::Index>(), 0u64..20).prop_map(|(index, seconds)| Step::Hide(index, seconds)),
        2 => (0u64..15).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// Runs steps against queues that `open` opens again and again, and against the model.
async fn run<J: Journal>(steps: Vec<Step>, is_fifo: bool, open: impl Fn() -> J) -> Result<(), TestCaseError> {
    let clock = super::clock();
    let start = || {
        let bench = Bench::over(open(), Arc::clone(&clock));
        if is_fifo { bench.fifo() } else { bench.standard() }
    };
    let mut bench = start();
    let mut model = Model::new(is_fifo);
    let mut held: Vec<Received> = Vec::new();
    let mut next = 0u64;
    let mut last: Option<(String, i64)> = None;
    for step in steps {
        let now = clock.now().as_millisecond();
        match step {
            Step::Send { group, delay, again } => {
                let again = last.clone().filter(|_| again && is_fifo);
                let id = again.as_ref().map_or_else(|| next.to_string(), |(id, _)| id.clone());
                let group = is_fifo.then(|| group.to_string());
                let message = Outgoing {
                    delay: Duration::from_secs(if is_fifo { 0 } else { delay }),
                    group: group.clone(),
                    deduplication: is_fifo.then(|| id.clone()),
                    ..outgoing(&next.to_string())
                };
                let due = now + i64::try_from(message.delay.as_millis()).unwrap();
                let sent = bench.queues.send(vec![message]).await.unwrap()[0];
                let expected = again.is_some_and(|(_, at)| now - at < 300_000);
                prop_assert_eq!(sent.is_duplicate, expected);
                if !sent.is_duplicate {
                    model.sent(next, group, due);
                    last = Some((id, now));
                }
                next += 1;
            }
            Step::Receive { max, seconds } => {
                let got = bench.receive(max, seconds).await;
                let checked = model.received(&got, max, now, now + i64::try_from(seconds).unwrap() * 1000);
                prop_assert!(checked.is_ok(), "{}", checked.unwrap_err());
                held.extend(got);
            }
            Step::Delete(index) if !held.is_empty() => {
                let message = held.remove(index.index(held.len()));
                if bench.queues.delete(QUEUE, vec![message.receipt]).await.unwrap()[0].is_ok() {
                    model.deleted(super::text(&message).parse().unwrap());
                }
            }
            Step::Hide(index, seconds) if !held.is_empty() => {
                let message = &held[index.index(held.len())];
                let hidden = Duration::from_secs(seconds);
                let name = super::text(message).parse().unwrap();
                if bench.queues.change_visibility(QUEUE, message.receipt, hidden).unwrap().is_ok() {
                    prop_assert!(model.is_in_flight(name, now));
                    model.hidden(name, now, now + i64::try_from(seconds).unwrap() * 1000);
                }
            }
            Step::Pass(seconds) => bench.pass(seconds),
            Step::Restart => {
                drop(bench);
                bench = start();
                model.restarted(now);
            }
            Step::Delete(_) | Step::Hide(..) => {}
        }
        let (counts, now) = (bench.queues.counts(QUEUE).unwrap(), clock.now().as_millisecond());
        prop_assert_eq!((counts.visible, counts.in_flight, counts.delayed), model.counts(now));
    }
    // Nothing is lost: all that was not deleted comes, in the end.
    bench.pass(3600);
    let mut rest = Vec::new();
    loop {
        let got = bench.receive(10, 3600).await;
        if got.is_empty() {
            break;
        }
        bench.queues.delete(QUEUE, got.iter().map(|message| message.receipt).collect()).await.unwrap();
        rest.extend(got.iter().map(|message| super::text(message).parse::<u64>().unwrap()));
    }
    rest.sort_unstable();
    prop_assert_eq!(rest, model.names());
    Ok(())
}

fn block_on(future: impl Future<Output = Result<(), TestCaseError>>) -> Result<(), TestCaseError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(steps in proptest::collection::vec(step(), 1..60), is_fifo: bool) {
        let journal = MemoryJournal::default();
        block_on(run(steps, is_fifo, || journal.clone()))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn nor_on_disk(steps in proptest::collection::vec(step(), 1..60), is_fifo: bool) {
        let directory = tempfile::tempdir().unwrap();
        block_on(run(steps, is_fifo, || SqliteJournal::open(directory.path()).unwrap()))?;
    }
}
