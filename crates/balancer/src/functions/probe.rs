//! Health checks of functions: an event like any other, of a client that names itself.

use std::path::Path;

use super::contract::Ask;
use super::{answer, event, exchange};
use crate::http::message::{RequestHead, Version};

/// What a function is asked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionProbe {
    ask: Ask,
    multi_value: bool,
}

impl FunctionProbe {
    pub fn new(group: &str, function: &str, multi_value: bool) -> FunctionProbe {
        FunctionProbe { ask: Ask { group: group.to_owned(), function: function.to_owned() }, multi_value }
    }

    /// The status that the function answers a check with, `Ok(None)` if what it says is no answer.
    ///
    /// # Errors
    /// The region could not be asked, so that nothing is known of the function.
    pub async fn run(&self, socket: &Path, path: &str) -> std::io::Result<Option<u16>> {
        let mut head = RequestHead::default();
        head.set_line("GET", path, Version::Http11);
        head.fields.push(b"user-agent", b"ELB-HealthChecker/2.0");
        let Ok(event) = event::encode(&self.ask.group, &head, b"", self.multi_value) else { return Ok(None) };
        let returned = exchange::invoke(socket, &self.ask, &event).await?;
        let answered = returned.and_then(|returned| answer::decode(&returned, self.multi_value));
        Ok(answered.ok().map(|answered| answered.head.status))
    }
}
