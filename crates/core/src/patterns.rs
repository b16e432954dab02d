//! Event patterns, for services that filter by them and do not know EventBridge, whose language they are.

use serde_json::Value;

/// What understands event patterns.
pub trait EventPatterns: Send + Sync + 'static {
    /// Why the text is no pattern.
    fn check(&self, pattern: &str) -> Result<(), String>;

    /// Whether the pattern wants the event. What is no pattern wants none.
    fn matches(&self, pattern: &str, event: &Value) -> bool;
}
