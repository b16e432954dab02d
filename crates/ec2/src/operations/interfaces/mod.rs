//! Network interfaces and elastic addresses.

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
}
