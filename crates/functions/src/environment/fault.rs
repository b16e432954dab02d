//! Ways in which an environment breaks that no handler reports, in AWS's words.

use bytes::Bytes;
use freehold_machine::sandbox::End;
use serde_json::json;

use crate::contract::Outcome;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The kernel killed for want of memory.
    OutOfMemory,
    /// The runtime is gone; how, in words.
    Exited(String),
    /// There is nothing to run, or it cannot be run; why.
    NoEntrypoint(String),
    /// An extension is gone, or said that it cannot go on.
    Extension {
        error_type: String,
        message: String,
    },
    TimedOut {
        seconds: u32,
    },
    ResponseTooLarge {
        bytes: u64,
    },
    /// The host could not do it, or it was ended on purpose.
    Ended,
}

impl Fault {
    /// Of a runtime that ended in this way.
    pub fn of_end(end: End, is_out_of_memory: bool) -> Self {
        match end {
            End::Killed(9) if is_out_of_memory => Self::OutOfMemory,
            other => Self::Exited(end_text(other)),
        }
    }

    pub fn error_type(&self) -> String {
        match self {
            Self::OutOfMemory => "Runtime.OutOfMemory".into(),
            Self::Exited(_) => "Runtime.ExitError".into(),
            Self::NoEntrypoint(_) => "Runtime.InvalidEntrypoint".into(),
            Self::Extension { error_type, .. } => error_type.clone(),
            Self::TimedOut { .. } => "Sandbox.Timedout".into(),
            Self::ResponseTooLarge { .. } => "Function.ResponseSizeTooLarge".into(),
            Self::Ended => "Sandbox.Failure".into(),
        }
    }

    /// What follows `RequestId: … Error: `.
    pub fn message(&self) -> String {
        match self {
            Self::OutOfMemory => "Runtime exited with error: signal: killed".into(),
            // A runtime that ends by itself without an error has no reason to.
            Self::Exited(how) if how == "exit status 0" => "Runtime exited without providing a reason".into(),
            Self::Exited(how) => format!("Runtime exited with error: {how}"),
            Self::NoEntrypoint(why) => why.clone(),
            Self::Extension { message, .. } => message.clone(),
            Self::TimedOut { seconds } => format!("Task timed out after {seconds}.00 seconds"),
            Self::ResponseTooLarge { bytes } => {
                format!("Response payload size ({bytes} bytes) exceeded maximum allowed payload size (6291556 bytes).")
            }
            Self::Ended => "The execution environment ended".into(),
        }
    }

    /// The error object that the caller gets.
    pub fn body(&self, request_id: &str) -> Bytes {
        let message = match self {
            Self::ResponseTooLarge { .. } => self.message(),
            _ => format!("RequestId: {request_id} Error: {}", self.message()),
        };
        json!({"errorType": self.error_type(), "errorMessage": message}).to_string().into()
    }

    pub fn outcome(&self) -> Outcome {
        match self {
            Self::OutOfMemory => Outcome::OutOfMemory,
            Self::Exited(_) | Self::Ended => Outcome::Exited,
            Self::NoEntrypoint(_) => Outcome::InitFailed { error_type: self.error_type() },
            Self::Extension { error_type, .. } => Outcome::ExtensionFailed { error_type: error_type.clone() },
            Self::TimedOut { .. } => Outcome::TimedOut,
            Self::ResponseTooLarge { .. } => Outcome::ResponseTooLarge,
        }
    }
}

pub fn end_text(end: End) -> String {
    match end {
        End::Exited(code) => format!("exit status {code}"),
        End::Killed(signal) => format!("signal: {}", signal_text(signal)),
    }
}

/// As Go names signals, in which AWS's supervisor is written.
fn signal_text(signal: i32) -> String {
    match signal {
        4 => "illegal instruction",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        31 => "bad system call",
        other => return format!("signal {other}"),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_read_as_aws_writes_them() {
        let text = |end, memory| String::from_utf8(Fault::of_end(end, memory).body("r").to_vec()).unwrap();
        assert_eq!(
            text(End::Exited(1), false),
            r#"{"errorMessage":"RequestId: r Error: Runtime exited with error: exit status 1","errorType":"Runtime.ExitError"}"#
        );
        assert!(text(End::Killed(9), true).contains("Runtime.OutOfMemory"));
        assert!(text(End::Killed(9), false).contains("signal: killed"));
    }
}
