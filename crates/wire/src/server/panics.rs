//! A panic in one operation must not take the connection, let alone the region, with it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Runs a closure, then the future that it makes, and turns a panic in either into its message. What the operation
/// shares with others is behind locks and transactions, so unwinding leaves nothing half done.
pub(super) async fn caught<T, F>(start: impl FnOnce() -> F) -> Result<T, String>
where
    F: Future<Output = T> + Unpin,
{
    let future = catch_unwind(AssertUnwindSafe(start)).map_err(|panic| message(&*panic))?;
    Caught(future).await
}

struct Caught<F>(F);

impl<T, F: Future<Output = T> + Unpin> Future for Caught<F> {
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.0).poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Err(panic) => Poll::Ready(Err(message(&*panic))),
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
