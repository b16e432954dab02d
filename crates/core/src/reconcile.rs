//! Reconcilers: what makes desired state true.
//!
//! An operation writes down what should be, answers, and is done. A [`Reconciler`] then looks at the objects that
//! are not yet what they should be and brings each a step nearer, until there are none. Nothing else touches the
//! world.
//!
//! # The rules
//!
//! 1. **A step is idempotent.** It may be cut off between any two lines and run again from the top: it looks
//!    before it acts, and takes *already so* for success.
//! 2. **A step has no input but its key.** What should be is read from the store and what is from the world, each
//!    time anew. A signal says *look*, never *what to do*, so a lost or doubled signal changes nothing but time.
//! 3. **Signal and period.** A reconciler looks when something that it watches was committed, when it is woken by
//!    hand, and every [`Reconciler::period`] whatever happens. The period alone must be enough to be correct; the
//!    signal makes it quick.
//! 4. **One step per activation, and the next activation is the retry.** A step does one thing, notes it, and
//!    returns; there are no loops and no sleeps inside. What fails is tried again with growing pauses by the
//!    framework and its error is shown in `freehold status`.
//! 5. **One step per key at a time.** Different keys run side by side, up to [`Reconciler::concurrency`].
//! 6. **A step that changes nothing writes nothing.** Each commit is a signal; a step that wrote in vain would wake
//!    itself for ever.
//! 7. **What must not happen twice is noted before it is done**, with the identity that it will have (the process's
//!    directory, the address), so that whoever comes after a crash finds it instead of making another.
//!
//! [`Reconcilers`] runs them; [`harness`] runs them in a test, one step at a time, and kills them after each.

pub mod harness;
mod schedule;
mod status;
mod supervisor;

use std::time::Duration;

use async_trait::async_trait;

pub use status::{KeyState, KeyStatus, LastError, Status};
pub use supervisor::{Handle, Reconcilers};

/// Why a listing or a step failed; any error converts with `?`.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The object is what it should be, or gone.
    Settled,
    /// There is more to do and it can be done now.
    Again,
    /// There is more to do, after something that takes time. A signal may end the pause early.
    After(Duration),
}

/// One behaviour that makes desired state true. See the module's rules.
#[async_trait]
pub trait Reconciler: Send + Sync + 'static {
    /// As `freehold status` shows it: `ec2.launch`.
    fn name(&self) -> &'static str;

    /// How often to look although nothing was signalled.
    fn period(&self) -> Duration;

    /// How many keys may have a step in flight.
    fn concurrency(&self) -> usize {
        16
    }

    /// The keys of the objects that are not yet what they should be. It runs after every signal, so it must be cheap:
    /// a selection from the store by an indexed column that only unsettled objects have, not a walk over all of the
    /// kind. It is awaited by the reconciler's own loop, which starts no step meanwhile.
    async fn pending(&self) -> Result<Vec<String>, Failure>;

    /// Brings one object one step nearer.
    async fn step(&self, key: &str) -> Result<Next, Failure>;
}
