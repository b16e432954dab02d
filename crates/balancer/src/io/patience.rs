//! An idle timeout: one timer for the life of a connection, which is moved only when it rings. Each byte that moves merely
//! notes the time.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

pub struct Patience {
    timer: RefCell<Pin<Box<Sleep>>>,
    last: Cell<Instant>,
    limit: Duration,
}

impl Patience {
    pub fn new(limit: Duration) -> Patience {
        let now = Instant::now();
        Patience { timer: RefCell::new(Box::pin(sleep_until(now + limit))), last: Cell::new(now), limit }
    }

    /// Something moved.
    pub fn renew(&self) {
        self.last.set(Instant::now());
    }

    /// Ready when nothing has moved for too long.
    pub fn poll_over(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut timer = self.timer.borrow_mut();
        loop {
            match timer.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => {
                    let end = self.last.get() + self.limit;
                    if end <= Instant::now() {
                        return Poll::Ready(());
                    }
                    timer.as_mut().reset(end);
                }
            }
        }
    }
}
