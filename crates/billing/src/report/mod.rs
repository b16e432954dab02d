//! Bills as people read them: sums by what they ask for, and a file with every charge ([`focus`]).

mod focus;
mod options;
mod text;
mod total;

pub use focus::focus;
pub use options::{PricedOption, Purchase};
pub use text::{Unknown, dimension};
pub use total::{Line, Report};
