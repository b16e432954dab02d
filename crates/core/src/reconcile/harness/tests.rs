use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::super::{Failure, Next};
use super::*;

/// Builds houses: a plot is noted, then a house is put on it, then it is reported built.
#[derive(Default)]
struct Town {
    /// Durable: what is wanted, and the plot that was noted for it.
    wanted: Mutex<BTreeMap<String, Option<u32>>>,
    built: Mutex<BTreeMap<String, u32>>,
    /// The outside world.
    houses: Mutex<Vec<u32>>,
}

struct Builder {
    town: Arc<Town>,
    /// Whether it follows the seventh rule.
    notes_first: bool,
}

#[async_trait]
impl Reconciler for Builder {
    fn name(&self) -> &'static str {
        "town.build"
    }

    fn period(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn pending(&self) -> Result<Vec<String>, Failure> {
        let built = self.town.built.lock().unwrap();
        Ok(self.town.wanted.lock().unwrap().keys().filter(|key| !built.contains_key(*key)).cloned().collect())
    }

    async fn step(&self, key: &str) -> Result<Next, Failure> {
        if self.notes_first {
            let noted = self.town.wanted.lock().unwrap()[key];
            let Some(plot) = noted else {
                let plot = key.len() as u32;
                self.town.wanted.lock().unwrap().insert(key.to_owned(), Some(plot));
                return Ok(Next::Again);
            };
            if !self.town.houses.lock().unwrap().contains(&plot) {
                self.town.houses.lock().unwrap().push(plot);
                tokio::task::yield_now().await;
                return Ok(Next::After(Duration::from_millis(1)));
            }
            self.town.built.lock().unwrap().insert(key.to_owned(), plot);
        } else {
            self.town.houses.lock().unwrap().push(7);
            tokio::task::yield_now().await;
            self.town.built.lock().unwrap().insert(key.to_owned(), 7);
        }
        Ok(Next::Settled)
    }
}

fn scenario(notes_first: bool) -> Scenario<Arc<Town>> {
    let make = || async {
        let town = Arc::new(Town::default());
        town.wanted.lock().unwrap().extend([("a".to_owned(), None), ("bb".to_owned(), None)]);
        town
    };
    let boot = move |town: &Arc<Town>| -> Vec<Arc<dyn Reconciler>> {
        vec![Arc::new(Builder { town: Arc::clone(town), notes_first })]
    };
    Scenario::new(make, boot).outcome(|town| match town.houses.lock().unwrap().len() {
        2 => Ok(()),
        houses => Err(format!("{houses} houses")),
    })
}

#[tokio::test]
async fn a_reconciler_that_keeps_the_rules_survives_every_disturbance() {
    let scenario = scenario(true);
    assert_eq!(scenario.undisturbed().await, 6);
    assert!(scenario.killed_after_each_step().await > 7);
    assert_eq!(scenario.failing_at_each_step().await, 12);
}

#[tokio::test]
#[should_panic(expected = "3 houses")]
async fn a_reconciler_that_does_not_note_first_is_found_out() {
    scenario(false).killed_after_each_step().await;
}

#[tokio::test]
async fn time_passes_only_when_nothing_else_is_to_be_done() {
    let passed = Arc::new(Mutex::new(0));
    let count = Arc::clone(&passed);
    let scenario = scenario(true).waiting(move |_, pause| {
        assert_eq!(pause, Duration::from_millis(1));
        *count.lock().unwrap() += 1;
    });
    scenario.undisturbed().await;
    assert_eq!(*passed.lock().unwrap(), 1);
}
