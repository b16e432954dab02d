//! What went wrong, whose fault it is, and with which of AWS's statuses it is answered (*User Guide, Troubleshoot: HTTP
//! error codes*).

use std::io;

use crate::functions::contract::Reason;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Balancer,
    Target,
}

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    #[error("the request's line is too long")]
    LineTooLong,
    #[error("the HTTP version is not supported")]
    Version,
    #[error("the method is not allowed")]
    Method,
    #[error("the transfer coding is not supported")]
    Coding,
    #[error("the client sent nothing for too long")]
    ClientTimeout,
    #[error("the client closed the connection")]
    ClientGone,
    #[error("X-Forwarded-For has more than 30 addresses")]
    TooManyForwarders,
    #[error("the request's protocol does not fit the target group's")]
    Protocol,
    #[error("the target group has no registered targets")]
    NoTargets,
    #[error("connecting to the target took too long")]
    ConnectTimeout,
    #[error("connecting to the target: {0}")]
    Connect(io::Error),
    #[error("the target did not answer in time")]
    TargetTimeout,
    #[error("the target closed the connection before it answered")]
    TargetClosed,
    #[error("the target's answer is malformed: {0}")]
    BadAnswer(&'static str),
    #[error("the redirect's URL is too long")]
    RedirectTooLong,
    #[error("a function gave no answer: {}", .0.code())]
    Function(Reason),
}

impl std::fmt::Display for Side {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Side::Client => "client",
            Side::Balancer => "balancer",
            Side::Target => "target",
        })
    }
}

impl Fault {
    pub fn side(&self) -> Side {
        match self.status() {
            400..=499 => Side::Client,
            500 | 501 | 505 | 507 => Side::Balancer,
            _ => Side::Target,
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Fault::Malformed(_) => 400,
            Fault::Method => 405,
            Fault::ClientTimeout => 408,
            Fault::LineTooLong => 414,
            Fault::ClientGone => 460,
            Fault::TooManyForwarders => 463,
            Fault::Protocol => 464,
            Fault::Coding => 501,
            Fault::Connect(_) | Fault::TargetClosed | Fault::BadAnswer(_) => 502,
            Fault::NoTargets => 503,
            Fault::ConnectTimeout | Fault::TargetTimeout => 504,
            Fault::Version => 505,
            Fault::RedirectTooLong => 507,
            Fault::Function(reason) => reason.status(),
        }
    }

    /// What access logs have as the reason of an error.
    pub fn reason(&self) -> &'static str {
        match self {
            Fault::Function(reason) => reason.code(),
            _ => "-",
        }
    }

    /// Whether the connection to the client is still good for another request: not if nobody knows where that begins.
    pub fn ends_connection(&self) -> bool {
        matches!(
            self,
            Fault::Malformed(_)
                | Fault::LineTooLong
                | Fault::Version
                | Fault::Coding
                | Fault::ClientTimeout
                | Fault::ClientGone
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_know_whose_they_are() {
        assert_eq!(Fault::Malformed("").side(), Side::Client);
        assert_eq!(Fault::TargetClosed.side(), Side::Target);
        assert_eq!(Fault::NoTargets.side(), Side::Target);
        assert_eq!(Fault::Coding.side(), Side::Balancer);
    }
}
