//! Regions, zones, instance types and offerings, account attributes.

use super::Operations;

pub fn register(operations: Operations) -> Operations {
    operations
}
