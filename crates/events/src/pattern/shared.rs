//! The language for other services.

use freehold_core::patterns::EventPatterns;
use serde_json::Value;

use super::Pattern;

/// Event patterns as EventBridge has them.
pub struct Patterns;

impl EventPatterns for Patterns {
    fn check(&self, pattern: &str) -> Result<(), String> {
        Pattern::parse(pattern).map(drop).map_err(|error| error.to_string())
    }

    fn matches(&self, pattern: &str, event: &Value) -> bool {
        Pattern::parse(pattern).is_ok_and(|pattern| pattern.matches(event))
    }
}
