//! Errors as AWS tells them: a code that programs match on, a sentence for people, an HTTP status.

use std::borrow::Cow;

/// Whose fault it is; XML protocols say it in `<Type>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Sender,
    Receiver,
}

/// An error answer. Services have enums of their own that turn into this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    /// `InvalidInstanceID.NotFound`
    pub code: Cow<'static, str>,
    pub message: String,
    /// HTTP status.
    pub status: u16,
    pub fault: Fault,
    /// What the error tells besides, where the protocol has a place for it.
    pub details: Vec<Detail>,
}

/// A member of an error that is neither its code nor its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// In the body of REST protocols: `Reason` of Lambda's `TooManyRequestsException`.
    Member(&'static str, String),
    /// In a header of any protocol's: `retry-after`.
    Header(&'static str, String),
}

impl Error {
    /// A client's mistake, status 400.
    pub fn sender(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: 400, fault: Fault::Sender, details: Vec::new() }
    }

    /// Our own failure, status 500.
    pub fn receiver(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: 500, fault: Fault::Receiver, details: Vec::new() }
    }

    /// The same error under another HTTP status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same error, which tells this besides.
    pub fn with_detail(mut self, detail: Detail) -> Self {
        self.details.push(detail);
        self
    }
}
