//! A database beside the region's state, for what is no row of it: opened, migrated, settled and read as that is. The lock of
//! the state in the same directory keeps other processes out.

pub use crate::sqlite::open::{Schema, writer};
pub use crate::sqlite::readers::Readers;
