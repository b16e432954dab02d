//! Key pairs, security groups and their rules.

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
}
