//! The result: what was measured, of whom, how much, and what it should be.

use std::fmt;

#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 4]>,
}

impl Table {
    /// `goal` is empty where there is none.
    pub fn add(&mut self, what: &str, whom: &str, result: impl Into<String>, goal: &str) {
        let row = [what.into(), whom.into(), result.into(), goal.into()];
        // Progress, for whoever waits.
        eprintln!("  {}", row.join("  "));
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["measured", "server", "result", "goal"].map(String::from);
        let rows: Vec<_> = std::iter::once(&head).chain(&self.rows).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 4] = std::array::from_fn(width);
        for (index, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
            writeln!(f, "| {} |", cells.join(" | "))?;
            if index == 0 {
                writeln!(f, "| {} |", widths.map(|width| "-".repeat(width)).join(" | "))?;
            }
        }
        Ok(())
    }
}
