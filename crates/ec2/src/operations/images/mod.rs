//! Images, launch templates and tags.

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
}
