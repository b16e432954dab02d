//! The result: what was measured, of whom, how much, and what it should be.

use std::fmt;

/// Rows of as many cells as the head has.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<const COLUMNS: usize>(head: [&str; COLUMNS]) -> Self {
        Self { rows: vec![head.map(str::to_owned).to_vec()] }
    }

    /// Adds a row, and shows it to whoever waits.
    pub fn add(&mut self, what: &str, whom: &str, result: impl Into<String>, goal: &str) {
        let row = vec![what.into(), whom.into(), result.into(), goal.into()];
        eprintln!("  {}", row.join("  "));
        self.push(row);
    }

    /// Adds a row quietly.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::new(["measured", "server", "result", "goal"])
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let cell = |row: &[String], column: usize| row.get(column).map_or(0, |cell| cell.chars().count());
        let widths: Vec<usize> =
            (0..columns).map(|column| self.rows.iter().map(|row| cell(row, column)).max().unwrap_or(0)).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            writeln!(f, "| {} |", cells.join(" | "))?;
            if index == 0 {
                let lines: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
                writeln!(f, "| {} |", lines.join(" | "))?;
            }
        }
        Ok(())
    }
}
