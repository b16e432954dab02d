//! Why nothing was answered.

use std::error::Error;
use std::io;

use thiserror::Error;

/// A message that an endpoint gave no answer to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum PostError {
    #[error("the endpoint is no address that can be posted to: {0}")]
    Address(String),
    /// A header cannot be written.
    #[error("the message cannot be sent: {0}")]
    Unsendable(String),
    #[error("the endpoint did not answer in time")]
    Timeout,
    /// Its name is unknown, nobody listens, or there is no way there.
    #[error("the endpoint cannot be reached: {0}")]
    Connect(String),
    #[error("the endpoint's TLS cannot be trusted: {0}")]
    Tls(String),
    /// The connection ended before the answer, or what was answered is not HTTP.
    #[error("the endpoint broke off: {0}")]
    Broken(String),
}

impl PostError {
    pub(super) fn of_client(error: hyper_util::client::legacy::Error) -> Self {
        let why = innermost(&error);
        if is_tls(&error) {
            Self::Tls(why)
        } else if causes(&error).any(is_timeout) {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect(why)
        } else {
            Self::Broken(why)
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // An I/O error's source is its content's source: the content itself would be passed over.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(content) => Some(content),
        None => error.source(),
    }
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<rustls::Error>())
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
