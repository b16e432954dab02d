//! Function URLs.

use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The address of a function or of one of its aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FunctionUrl {
    /// The ARN with the alias, if it is one's.
    pub arn: String,
    pub function: String,
    pub account: String,
    pub qualifier: Option<String>,
    /// The first label of its host name.
    pub host: String,
    pub auth: AuthType,
    pub mode: InvokeMode,
    pub cors: Option<Cors>,
    pub created: Timestamp,
    pub modified: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AuthType {
    None,
    Iam,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InvokeMode {
    Buffered,
    Streamed,
}

/// What pages of other origins may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cors {
    pub credentials: Option<bool>,
    pub headers: Vec<String>,
    pub methods: Vec<String>,
    pub origins: Vec<String>,
    pub exposed: Vec<String>,
    /// Seconds.
    pub max_age: Option<i32>,
}

impl AuthType {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "NONE" => Some(Self::None),
            "AWS_IAM" => Some(Self::Iam),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Iam => "AWS_IAM",
        }
    }
}

impl InvokeMode {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "BUFFERED" => Some(Self::Buffered),
            "RESPONSE_STREAM" => Some(Self::Streamed),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Buffered => "BUFFERED",
            Self::Streamed => "RESPONSE_STREAM",
        }
    }
}

impl Document for FunctionUrl {
    const KIND: &'static str = "lambda.url";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Function; host.
    fn index(&self) -> [Option<String>; 3] {
        [Some(self.function.clone()), Some(self.host.clone()), None]
    }
}
