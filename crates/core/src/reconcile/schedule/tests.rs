use proptest::prelude::*;

use super::*;

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|&key| key.to_owned()).collect()
}

fn at(start: Instant, millis: u64) -> Instant {
    start + Duration::from_millis(millis)
}

#[test]
fn a_key_has_one_step_in_flight_however_often_it_is_offered() {
    let (mut schedule, now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a"]), true, now);
    assert_eq!(schedule.start(9, now).as_deref(), Some("a"));
    schedule.offer(keys(&["a"]), true, now);
    assert_eq!(schedule.start(9, now), None);
}

#[test]
fn a_signal_during_a_step_is_not_lost() {
    let (mut schedule, now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a"]), true, now);
    schedule.start(9, now);
    schedule.offer(keys(&["a"]), true, now);
    schedule.finish("a", Ok(Next::Settled), now);
    assert_eq!(schedule.start(9, now).as_deref(), Some("a"));
    schedule.finish("a", Ok(Next::Settled), now);
    assert_eq!(schedule.start(9, now), None);
    assert!(schedule.entries().is_empty());
}

#[test]
fn failures_pause_twice_as_long_each_time_up_to_half_a_minute() {
    let pauses: Vec<_> = (1..=11).map(|failures| backoff(failures).as_millis()).collect();
    assert_eq!(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
    assert_eq!(backoff(u32::MAX), LONGEST_BACKOFF);
}

#[test]
fn a_failed_key_is_stepped_again_when_its_pause_ends() {
    let (mut schedule, start) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a"]), true, start);
    schedule.start(9, start);
    schedule.finish("a", Err("no".into()), start);
    assert_eq!(schedule.next_due(), Some(at(start, 100)));
    assert_eq!(schedule.start(9, at(start, 99)), None);
    assert_eq!(schedule.start(9, at(start, 100)).as_deref(), Some("a"));
}

#[test]
fn a_signal_shortens_a_long_backoff_but_not_to_nothing() {
    let (mut schedule, mut now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a"]), true, now);
    for _ in 0..8 {
        schedule.start(9, now);
        schedule.finish("a", Err("no".into()), now);
        now = schedule.next_due().unwrap();
    }
    schedule.start(9, now);
    schedule.finish("a", Err("no".into()), now);
    schedule.offer(keys(&["a"]), false, now);
    assert_eq!(schedule.next_due(), Some(at(now, 25600)));
    schedule.offer(keys(&["a"]), true, now);
    assert_eq!(schedule.next_due(), Some(at(now, 1000)));
}

#[test]
fn a_signal_ends_a_pause_and_a_period_does_not() {
    let (mut schedule, now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a"]), true, now);
    schedule.start(9, now);
    schedule.finish("a", Ok(Next::After(Duration::from_secs(5))), now);
    schedule.offer(keys(&["a"]), false, now);
    assert_eq!(schedule.start(9, now), None);
    schedule.offer(keys(&["a"]), true, now);
    assert_eq!(schedule.start(9, now).as_deref(), Some("a"));
}

#[test]
fn a_key_that_is_pending_no_more_is_forgotten() {
    let (mut schedule, now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a", "b"]), true, now);
    schedule.start(1, now);
    schedule.offer(vec![], true, now);
    assert_eq!(schedule.start(9, now), None);
    schedule.finish("a", Ok(Next::Settled), now);
    assert!(schedule.entries().is_empty());
}

#[test]
fn a_key_with_endless_work_lets_others_pass() {
    let (mut schedule, now) = (Schedule::default(), Instant::now());
    schedule.offer(keys(&["a", "b"]), true, now);
    schedule.start(1, now);
    schedule.finish("a", Ok(Next::Again), now);
    assert_eq!(schedule.start(1, now).as_deref(), Some("b"));
}

#[derive(Debug, Clone)]
enum Event {
    Offer(Vec<String>, bool),
    Start,
    Finish(usize, Result<Next, String>),
    Sleep(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![
        Just(Ok(Next::Settled)),
        Just(Ok(Next::Again)),
        (0..2000u64).prop_map(|millis| Ok(Next::After(Duration::from_millis(millis)))),
        Just(Err("no".to_owned())),
    ];
    prop_oneof![
        (proptest::collection::vec("[a-d]", 0..5), any::<bool>()).prop_map(|(keys, signal)| Event::Offer(keys, signal)),
        Just(Event::Start),
        (any::<usize>(), outcome).prop_map(|(which, outcome)| Event::Finish(which, outcome)),
        (0..3000u64).prop_map(Event::Sleep),
    ]
}

proptest! {
    /// Whatever happens, at most one step per key and `concurrency` in all are in flight, and the schedule knows
    /// exactly those; and what is offered at the end is stepped once time passes.
    #[test]
    fn steps_are_exclusive_and_nothing_is_forgotten(events in proptest::collection::vec(event(), 0..60)) {
        let (mut schedule, mut now, mut flying) = (Schedule::default(), Instant::now(), Vec::<String>::new());
        for event in events {
            match event {
                Event::Offer(keys, signalled) => schedule.offer(keys, signalled, now),
                Event::Start => {
                    if let Some(key) = schedule.start(3, now) {
                        prop_assert!(!flying.contains(&key));
                        flying.push(key);
                    }
                }
                Event::Finish(which, outcome) if !flying.is_empty() => {
                    let key = flying.swap_remove(which % flying.len());
                    schedule.finish(&key, outcome, now);
                }
                Event::Finish(..) => {}
                Event::Sleep(millis) => now += Duration::from_millis(millis),
            }
            prop_assert!(flying.len() <= 3);
            let mut known: Vec<_> = schedule
                .entries()
                .iter()
                .filter(|(_, entry)| matches!(entry.state, State::Running { .. }))
                .map(|(key, _)| key.clone())
                .collect();
            known.sort();
            flying.sort();
            prop_assert_eq!(&known, &flying);
        }
        for key in flying.drain(..) {
            schedule.finish(&key, Ok(Next::Settled), now);
        }
        schedule.offer(keys(&["a", "b", "c", "d"]), true, now);
        now += LONGEST_BACKOFF;
        let mut stepped: Vec<_> = std::iter::from_fn(|| schedule.start(9, now)).collect();
        stepped.sort();
        prop_assert_eq!(stepped, keys(&["a", "b", "c", "d"]));
    }
}
