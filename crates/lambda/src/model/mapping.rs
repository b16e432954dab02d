//! Event source mappings: queues that are read for a function.

use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A mapping from a queue to a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mapping {
    /// A UUID.
    pub id: String,
    pub account: String,
    /// ARN of the queue.
    pub source: String,
    /// The function's ARN without its qualifier.
    pub function: String,
    /// With it.
    pub target: String,
    pub state: MappingState,
    pub batch_size: u32,
    /// Seconds.
    pub window: u32,
    /// Event patterns; any of them lets a message in.
    pub filters: Vec<String>,
    /// `ReportBatchItemFailures`
    pub reports_failures: bool,
    /// Invocations at once.
    pub maximum_concurrency: Option<u32>,
    /// `EventCount`
    pub counts_events: bool,
    pub modified: Timestamp,
    pub tags: Tags,
}

/// Whether a mapping is read (*API reference, EventSourceMappingConfiguration: State*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MappingState {
    Creating,
    Enabling,
    Enabled,
    Updating,
    Disabling,
    Disabled,
    Deleting,
}

impl MappingState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Enabling => "Enabling",
            Self::Enabled => "Enabled",
            Self::Updating => "Updating",
            Self::Disabling => "Disabling",
            Self::Disabled => "Disabled",
            Self::Deleting => "Deleting",
        }
    }

    /// Whether messages should be read.
    pub fn is_on(self) -> bool {
        matches!(self, Self::Creating | Self::Enabling | Self::Enabled | Self::Updating)
    }

    /// Where a state leads once the pollers are what it wants; `None` where the mapping is to go.
    pub fn settled(self) -> Option<Self> {
        match self {
            Self::Creating | Self::Enabling | Self::Enabled | Self::Updating => Some(Self::Enabled),
            Self::Disabling | Self::Disabled => Some(Self::Disabled),
            Self::Deleting => None,
        }
    }

    /// After an update that may switch it on or off.
    pub fn updated(self, enabled: Option<bool>) -> Self {
        match (self, enabled) {
            (Self::Deleting, _) => Self::Deleting,
            (state, Some(true)) if !state.is_on() => Self::Enabling,
            (_, Some(false)) => Self::Disabling,
            (state, _) if state.is_on() => Self::Updating,
            (state, _) => state,
        }
    }
}

impl Document for Mapping {
    const KIND: &'static str = "lambda.event_source_mapping";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Function; source; whether it is under way.
    fn index(&self) -> [Option<String>; 3] {
        let unsettled = (self.state.settled() != Some(self.state)).then(|| "unsettled".to_owned());
        [Some(self.function.clone()), Some(self.source.clone()), unsettled]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_switched_on_and_off_by_updates() {
        assert_eq!(MappingState::Enabled.updated(Some(false)), MappingState::Disabling);
        assert_eq!(MappingState::Disabled.updated(Some(true)), MappingState::Enabling);
        assert_eq!(MappingState::Disabled.updated(None), MappingState::Disabled);
        assert_eq!(MappingState::Enabled.updated(None), MappingState::Updating);
        assert_eq!(MappingState::Deleting.updated(Some(true)), MappingState::Deleting);
        assert_eq!(MappingState::Deleting.settled(), None);
    }
}
