//! Drives reconcilers in a test, one step at a time and without timers, and kills them wherever they could be
//! killed.
//!
//! A [`Scenario`] says how to make a world (the store, and whatever stands for the machine), how to start the
//! reconcilers on it, and what must hold. It is then run in three ways:
//!
//! - [`Scenario::undisturbed`]: once, to the end.
//! - [`Scenario::killed_after_each_step`]: for every n, the reconcilers are dropped after n steps and started
//!   again on what is left; also in the midst of step n, at every point where it waits.
//! - [`Scenario::failing_at_each_step`]: for every n, step n fails once, before it did anything or after all of it
//!   (the answer was lost).
//!
//! After each step and at each end the invariant is checked.

mod driver;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::Reconciler;
use driver::{Driver, Stepped};

/// More steps than this are taken for a scenario that never settles.
const STEPS_AT_MOST: usize = 10_000;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Make<W> = Box<dyn Fn() -> BoxFuture<'static, W>>;
type Boot<W> = Box<dyn Fn(&W) -> Vec<Arc<dyn Reconciler>>>;
type Check<W> = Box<dyn Fn(&W) -> Result<(), String>>;
type Wait<W> = Box<dyn Fn(&W, Duration)>;

/// What is run.
pub struct Scenario<W> {
    make: Make<W>,
    boot: Boot<W>,
    invariant: Check<W>,
    outcome: Check<W>,
    wait: Wait<W>,
}

/// What goes wrong, and when. Steps are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disturbance {
    None,
    /// Everything is dropped and started again after this many steps.
    KilledAfter(usize),
    /// This step is dropped when it has waited this often, and everything is started again.
    KilledIn {
        step: usize,
        waits: usize,
    },
    /// This step fails without having been run.
    FailsBefore(usize),
    /// This step is run, and then reported to have failed.
    FailsAfter(usize),
}

impl<W: 'static> Scenario<W> {
    /// `make` resolves to a world in which the desired state is written down and nothing is done yet; `boot` starts
    /// the reconcilers on a world as a new process would, from what is durable in it.
    pub fn new<M, F, B>(make: M, boot: B) -> Self
    where
        M: Fn() -> F + 'static,
        F: Future<Output = W> + 'static,
        B: Fn(&W) -> Vec<Arc<dyn Reconciler>> + 'static,
    {
        Self {
            make: Box::new(move || Box::pin(make())),
            boot: Box::new(boot),
            invariant: Box::new(|_| Ok(())),
            outcome: Box::new(|_| Ok(())),
            wait: Box::new(|_, _| {}),
        }
    }

    /// What must hold after every step: nothing doubled, nothing leaked.
    pub fn invariant(mut self, check: impl Fn(&W) -> Result<(), String> + 'static) -> Self {
        self.invariant = Box::new(check);
        self
    }

    /// What must hold when nothing is pending any more.
    pub fn outcome(mut self, check: impl Fn(&W) -> Result<(), String> + 'static) -> Self {
        self.outcome = Box::new(check);
        self
    }

    /// How time passes when all that is left to do is to wait: move the world's clock.
    pub fn waiting(mut self, wait: impl Fn(&W, Duration) + 'static) -> Self {
        self.wait = Box::new(wait);
        self
    }

    /// Runs to the end; returns the number of steps.
    ///
    /// # Panics
    /// If the invariant or the outcome does not hold, or the scenario does not settle. So do the others.
    pub async fn undisturbed(&self) -> usize {
        self.run(Disturbance::None).await.0
    }

    /// Runs once for every place where the reconcilers can be killed; returns the number of runs.
    pub async fn killed_after_each_step(&self) -> usize {
        let steps = self.undisturbed().await;
        let mut runs = 0;
        for step in 0..=steps {
            self.run(Disturbance::KilledAfter(step)).await;
            runs += 1;
            for waits in 1.. {
                runs += 1;
                // Once the step ends before it has waited so often, there is no further place in it.
                if !self.run(Disturbance::KilledIn { step, waits }).await.1 {
                    break;
                }
            }
        }
        runs
    }

    /// Runs twice for every step, letting it fail before and after it did its work; returns the number of runs.
    pub async fn failing_at_each_step(&self) -> usize {
        let steps = self.undisturbed().await;
        for step in 0..steps {
            self.run(Disturbance::FailsBefore(step)).await;
            self.run(Disturbance::FailsAfter(step)).await;
        }
        steps * 2
    }

    /// Returns the number of steps, and whether the disturbance took place.
    async fn run(&self, disturbance: Disturbance) -> (usize, bool) {
        let world = (self.make)().await;
        let mut driver = Driver::new((self.boot)(&world));
        let (mut steps, mut was_disturbed) = (0, false);
        loop {
            if disturbance == Disturbance::KilledAfter(steps) && !was_disturbed {
                was_disturbed = true;
                driver = Driver::new((self.boot)(&world));
            }
            let stepped = match disturbance {
                Disturbance::KilledIn { step, waits } if step == steps => driver.step_cut_after(waits).await,
                Disturbance::FailsBefore(step) if step == steps => driver.step_failing_before().await,
                Disturbance::FailsAfter(step) if step == steps => driver.step_failing_after().await,
                _ => driver.step().await,
            };
            match stepped {
                Stepped::Nothing => break,
                Stepped::Waits(pause) => {
                    (self.wait)(&world, pause);
                    continue;
                }
                Stepped::Ended => {}
                Stepped::Failed => was_disturbed = true,
                Stepped::Cut => {
                    was_disturbed = true;
                    driver = Driver::new((self.boot)(&world));
                }
            }
            steps += 1;
            hold(&self.invariant, &world, "the invariant is broken", steps, disturbance);
            assert!(steps < STEPS_AT_MOST, "not settled after {steps} steps ({disturbance:?}): {}", driver.describe());
        }
        hold(&self.outcome, &world, "settled, but not as expected", steps, disturbance);
        (steps, was_disturbed)
    }
}

fn hold<W>(check: &Check<W>, world: &W, what: &str, steps: usize, disturbance: impl Debug) {
    if let Err(why) = check(world) {
        panic!("{what} after step {steps} ({disturbance:?}): {why}");
    }
}

#[cfg(test)]
mod tests;
