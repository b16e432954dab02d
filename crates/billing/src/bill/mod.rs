//! Bills of a period: usage as it was metered, spread over the clock hours, each billed by the [`crate::engine`].

mod group;
mod option;
mod period;
mod products;
mod sku;
#[cfg(test)]
mod tests;
mod timeline;

pub use group::{Dimension, Groups, Key, Sums};
pub use option::PurchaseOption;
pub use period::{Bill, Commitments};
pub use products::Described;
pub use sku::{operation, operation_of, sku};
pub use timeline::{Rate, Span, Timeline};
