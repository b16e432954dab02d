//! Versions of functions: `$LATEST`, which changes, and those that were published, which do not.

use freehold_core::ids;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Failure, Settings, State, Update};
use crate::names::LATEST;

/// A version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    /// The function's ARN, a colon, and the number.
    id: String,
    /// The function's ARN.
    pub function: String,
    pub account: String,
    pub name: String,
    /// `$LATEST` or a number.
    pub number: String,
    pub settings: Settings,
    pub code: Code,
    pub modified: Timestamp,
    /// Another one after every change.
    pub revision_id: String,
    pub state: State,
    pub update: Update,
    /// The directory that the wanted code and settings have, or will have.
    pub build: String,
    /// The one that invocations use; another than `build` while a change is under way, or after it failed.
    pub live: Option<String>,
}

/// A package: what was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Code {
    /// SHA-256 in base64, as callers see it.
    pub sha256: String,
    /// Bytes as they were uploaded.
    pub size: u64,
    /// Bytes when unpacked.
    pub unpacked: u64,
}

impl Version {
    /// `$LATEST` of a new function.
    pub fn first(function: &str, account: &str, name: &str, settings: Settings, code: Code, now: Timestamp) -> Self {
        Self {
            id: Self::id(function, LATEST),
            function: function.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
            number: LATEST.to_owned(),
            settings,
            code,
            modified: now,
            revision_id: ids::uuid(),
            state: State::Pending,
            update: Update::InProgress,
            build: ids::uuid(),
            live: None,
        }
    }

    /// What `$LATEST` is now, under a number of its own.
    pub fn published(&self, number: u64) -> Self {
        let number = number.to_string();
        Self {
            id: Self::id(&self.function, &number),
            number,
            revision_id: ids::uuid(),
            state: State::Pending,
            update: Update::InProgress,
            build: ids::uuid(),
            live: None,
            ..self.clone()
        }
    }

    pub fn id(function: &str, number: &str) -> String {
        format!("{function}:{number}")
    }

    /// Notes that code or settings changed: what is wanted is another build.
    pub fn change(&mut self, now: Timestamp) {
        self.modified = now;
        self.revision_id = ids::uuid();
        self.build = ids::uuid();
        self.update = Update::InProgress;
    }

    /// Notes that what is wanted is in place, or cannot be.
    pub fn settle(&mut self, outcome: Result<(), &Failure>) {
        self.state = self.state.settled(outcome);
        self.update = Update::settled(outcome);
        self.revision_id = ids::uuid();
        if outcome.is_ok() {
            self.live = Some(self.build.clone());
        }
    }

    pub fn is_latest(&self) -> bool {
        self.number == LATEST
    }

    /// The ARN with the number.
    pub fn qualified_arn(&self) -> &str {
        &self.id
    }
}

impl Document for Version {
    const KIND: &'static str = "lambda.version";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Function; whether it is not yet what it should be; package.
    fn index(&self) -> [Option<String>; 3] {
        let unsettled = (self.update == Update::InProgress).then(|| "unsettled".to_owned());
        [Some(self.function.clone()), unsettled, Some(self.code.sha256.clone())]
    }
}
