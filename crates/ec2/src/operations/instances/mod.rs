//! Instances: launching, running, stopping and describing them.

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
}
