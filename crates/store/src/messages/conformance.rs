//! What every journal must do, run against both.

use bytes::Bytes;
use proptest::prelude::*;

use super::{Change, Deduplication, Journal, MemoryJournal, Message, SqliteJournal};

fn message(sequence: u64, queue: u64) -> Message {
    Message {
        sequence,
        queue,
        content: sequence,
        id: u128::from(sequence) << 64 | 7,
        sent: 1_000,
        due: 2_000,
        receive_count: 0,
        first_received: 0,
        origin: 0,
        group: Some("g".into()),
        deduplication: None,
    }
}

fn all(journal: &mut dyn Journal) -> Vec<Message> {
    let mut found = Vec::new();
    journal.messages(&mut |message| found.push(message)).unwrap();
    found
}

/// Runs a check against both journals; the one on disk is opened anew before `after`.
fn on_both(before: impl Fn(&mut dyn Journal), after: impl Fn(&mut dyn Journal)) {
    let mut memory = MemoryJournal::default();
    before(&mut memory);
    after(&mut memory);
    let directory = tempfile::tempdir().unwrap();
    before(&mut SqliteJournal::open(directory.path()).unwrap());
    after(&mut SqliteJournal::open(directory.path()).unwrap());
}

#[test]
fn what_was_committed_is_there_again() {
    let (kept, moved) = (message(1, u64::MAX >> 1), message(2, 5));
    on_both(
        |journal| {
            let add = |message: &Message, text: &'static str| Change::Add(message.clone(), Some(text.into()));
            journal.commit(&[add(&kept, "one"), add(&moved, "two"), Change::Reserve(100)]).unwrap();
            let again = Message { sequence: 3, queue: 6, origin: 5, ..moved.clone() };
            journal.commit(&[Change::Remove { sequence: 2, content: None }, Change::Add(again, None)]).unwrap();
            journal.commit(&[Change::Received { sequence: 1, count: 4, first: 77 }]).unwrap();
        },
        |journal| {
            let found = all(journal);
            assert_eq!(found[0], Message { receive_count: 4, first_received: 77, ..kept.clone() });
            assert_eq!(found[1], Message { sequence: 3, queue: 6, origin: 5, ..moved.clone() });
            assert_eq!(journal.reserved().unwrap(), 100);
            let read = journal.contents().read(&[2, 1, 9]).unwrap();
            assert_eq!(read, [Some(Bytes::from("two")), Some(Bytes::from("one")), None]);
        },
    );
}

#[test]
fn deduplication_ids_are_kept_until_they_are_old() {
    let used = |key: u8, at| Deduplication { queue: 1, key: [key; 16], sequence: 9, id: 3, at };
    on_both(
        |journal| {
            let notes = [used(1, 10), used(2, 20), used(1, 30)].map(Change::Deduplicate);
            journal.commit(&notes).unwrap();
            journal.commit(&[Change::ForgetDeduplications { before: 25 }]).unwrap();
        },
        |journal| assert_eq!(journal.deduplications().unwrap(), [used(1, 30)]),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn both_journals_agree(steps in proptest::collection::vec((0u8..3, 1u64..6), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        let mut disk = SqliteJournal::open(directory.path()).unwrap();
        let mut memory = MemoryJournal::default();
        for (kind, sequence) in steps {
            let is_there = all(&mut memory).iter().any(|message| message.sequence == sequence);
            let change = match kind {
                0 if !is_there => Change::Add(message(sequence, 1), Some(Bytes::from(vec![1; 9]))),
                1 => Change::Received { sequence, count: 2, first: 5 },
                _ => Change::Remove { sequence, content: Some(sequence) },
            };
            disk.commit(std::slice::from_ref(&change)).unwrap();
            memory.commit(&[change]).unwrap();
        }
        prop_assert_eq!(all(&mut disk), all(&mut memory));
    }
}
