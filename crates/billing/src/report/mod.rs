//! Bills as people read them: sums by what they ask for, and a file with every charge ([`focus`]).

mod focus;
mod last;
mod money;
mod options;
mod text;
mod total;

pub use focus::focus;
pub use last::{Last, NoPeriod};
pub use money::{grouped, money};
pub use options::{PricedOption, Purchase};
pub use text::{Unknown, dimension};
pub use total::{Line, Report};
