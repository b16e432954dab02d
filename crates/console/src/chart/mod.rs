//! Where the parts of a chart are. Across, everything is in percent of the chart's width, so that one chart fits every
//! window; down, in pixels. Pure: templates draw what is said here.

mod scale;
mod stacked;

use scale::Scale;
pub use stacked::{Bar, Column, Shown, Stacked, stacked};
