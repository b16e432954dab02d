//! Random transactions against an ordered map.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Refusal, Ship};
use crate::{Document, Filter, Store, StoreExt, TxExt};

type Model = BTreeMap<String, Ship>;

#[derive(Debug, Clone)]
enum Step {
    Put(Ship),
    Delete(String),
    Get(String),
    List(Filter),
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Commit,
    Refuse,
    Panic,
}

fn id() -> impl Strategy<Value = String> {
    "[abA]{1,2}"
}

fn account() -> impl Strategy<Value = String> {
    "[12]"
}

fn port() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[xy]")
}

fn ship() -> impl Strategy<Value = Ship> {
    (id(), account(), port(), any::<u64>()).prop_map(|(id, account, port, cargo)| Ship { id, account, port, cargo })
}

fn filter() -> impl Strategy<Value = Filter> {
    let ids = proptest::option::of(proptest::collection::vec(id(), 0..5));
    (proptest::option::of(account()), port(), ids, proptest::option::of(id()), proptest::option::of(0..5usize))
        .prop_map(|(account, port, ids, after, limit)| Filter { account, index: [None, port, None], ids, after, limit })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => ship().prop_map(Step::Put),
        2 => id().prop_map(Step::Delete),
        1 => id().prop_map(Step::Get),
        2 => filter().prop_map(Step::List),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![6 => Just(End::Commit), 2 => Just(End::Refuse), 1 => Just(End::Panic)]
}

fn select(model: &Model, filter: &Filter) -> Vec<Ship> {
    let selected = model.values().filter(|ship| {
        filter.account.as_ref().is_none_or(|account| ship.account == *account)
            && (filter.index[1].is_none() || filter.index[1] == ship.port)
            && filter.ids.as_ref().is_none_or(|ids| ids.contains(&ship.id))
            && filter.after.as_ref().is_none_or(|after| ship.id > *after)
    });
    selected.take(filter.limit.unwrap_or(usize::MAX)).cloned().collect()
}

/// Runs the steps inside a transaction and beside it on a copy of the model, comparing each answer.
async fn transact(store: &impl Store, model: Model, steps: Vec<Step>, end: End) -> Model {
    let before = model.clone();
    let outcome = store.transact::<Model, Refusal, _>(move |tx| {
        let mut model = model;
        for step in steps {
            match step {
                Step::Put(ship) => {
                    tx.put(&ship)?;
                    model.insert(ship.id.clone(), ship);
                }
                Step::Delete(id) => assert_eq!(tx.delete::<Ship>(&id)?, model.remove(&id).is_some()),
                Step::Get(id) => assert_eq!(tx.get::<Ship>(&id)?.as_ref(), model.get(&id)),
                Step::List(filter) => assert_eq!(tx.list::<Ship>(&filter)?, select(&model, &filter)),
            }
        }
        match end {
            End::Commit => Ok(model),
            End::Refuse => Err(Refusal::No),
            End::Panic => std::panic::resume_unwind(Box::new("on purpose")),
        }
    });
    match (outcome.await, end) {
        (Ok(after), End::Commit) => after,
        (Err(Refusal::No), End::Refuse) => before,
        (Err(Refusal::Store(crate::Error::Panicked)), End::Panic) => before,
        (other, _) => panic!("{end:?} ended as {other:?}"),
    }
}

pub async fn random_transactions_agree_with_a_model(store: impl Store) {
    let mut runner = TestRunner::new(Config::default());
    let transaction = (proptest::collection::vec(step(), 0..12), end());
    let mut model = Model::new();
    for _ in 0..300 {
        let (steps, end) = transaction.new_tree(&mut runner).unwrap().current();
        model = transact(&store, model, steps, end).await;
        let stored = store.list::<Ship>(&Filter::all()).unwrap();
        assert_eq!(stored, model.values().cloned().collect::<Vec<_>>());
        let asked = filter().new_tree(&mut runner).unwrap().current();
        assert_eq!(store.list::<Ship>(&asked).unwrap(), select(&model, &asked), "{asked:?}");
    }
    assert!(store.list_rows(Ship::KIND, &Filter::all()).unwrap().iter().all(|row| row.revision > 0));
}
