//! What can go wrong with queues.

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("there is no such queue")]
    NoQueue,
    /// Too many messages are in flight, and the caller does not wait.
    #[error("too many messages of the queue are in flight")]
    TooManyInFlight,
    #[error(transparent)]
    Store(#[from] freehold_store::Error),
}

/// Why a receipt has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is of another queue.
    #[error("the receipt is of another queue")]
    OtherQueue,
    /// The message is gone.
    #[error("the message is gone")]
    Gone,
    /// The message is there, and was received again since: the receipt is an old one.
    #[error("the message was received again")]
    ReceivedAgain,
    /// The message is there, but visible: its time in flight is over.
    #[error("the message is not in flight")]
    NotInFlight,
    /// The message would be hidden for more than 12 hours since it was received.
    #[error("the message would be in flight for too long")]
    TooLong,
}
