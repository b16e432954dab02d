//! Receipt handles that callers give back, and what their errors are.

use std::time::Duration;

use freehold_queues::{Receipt, ReceiptError};

use crate::Sqs;
use crate::errors::{Error, Result};
use crate::registry::Queue;

/// Seconds (*API reference, ChangeMessageVisibility*).
const VISIBILITY_AT_MOST: i32 = 43_200;

/// Reads a handle.
pub(super) fn read(handle: &str) -> Result<Receipt> {
    handle.parse().map_err(|_| Error::ReceiptHandleIsInvalid(handle.to_owned()))
}

/// What a delete that had no effect is answered. A standard queue takes an old handle for good: the message was
/// received again by somebody, who will delete it (*API reference, DeleteMessage*).
pub(super) fn deleted(queue: &Queue, handle: &str, outcome: Result<(), ReceiptError>) -> Result<()> {
    match outcome {
        Ok(()) | Err(ReceiptError::Gone) => Ok(()),
        Err(ReceiptError::ReceivedAgain) if !queue.is_fifo() => Ok(()),
        Err(ReceiptError::OtherQueue) => Err(Error::ReceiptHandleIsInvalid(handle.to_owned())),
        Err(ReceiptError::ReceivedAgain | ReceiptError::NotInFlight | ReceiptError::TooLong) => {
            Err(Error::invalid(handle, "ReceiptHandle", "The receipt handle has expired."))
        }
    }
}

impl Sqs {
    /// Changes how long a message stays hidden.
    pub(super) fn hide(&self, queue: &Queue, handle: Option<&str>, seconds: Option<i32>) -> Result<()> {
        let handle = handle.unwrap_or_default();
        let seconds = seconds.ok_or(Error::MissingParameter("VisibilityTimeout"))?;
        if !(0..=VISIBILITY_AT_MOST).contains(&seconds) {
            let reason = format!("VisibilityTimeout must be >= 0 and <= {VISIBILITY_AT_MOST}.");
            return Err(Error::invalid(seconds, "VisibilityTimeout", reason));
        }
        let receipt = read(handle)?;
        let hidden = Duration::from_secs(seconds.unsigned_abs().into());
        match self.queues.change_visibility(queue.id(), receipt, hidden)? {
            Ok(()) => Ok(()),
            Err(ReceiptError::OtherQueue) => Err(Error::ReceiptHandleIsInvalid(handle.to_owned())),
            Err(ReceiptError::NotInFlight) => Err(Error::MessageNotInflight),
            Err(ReceiptError::Gone | ReceiptError::ReceivedAgain) => {
                let reason = "Message does not exist or is not available for visibility timeout change.";
                Err(Error::invalid(handle, "ReceiptHandle", reason))
            }
            Err(ReceiptError::TooLong) => {
                let reason = format!(
                    "Total VisibilityTimeout for the message is beyond the limit [{VISIBILITY_AT_MOST} seconds]"
                );
                Err(Error::invalid(seconds, "VisibilityTimeout", reason))
            }
        }
    }
}
