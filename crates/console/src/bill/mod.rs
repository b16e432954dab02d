//! The bill: what was used in a period, how it was paid for, and what it would cost otherwise.

mod ask;
mod columns;
mod figures;
mod page;
mod slots;
mod what_if;

pub use page::page;
