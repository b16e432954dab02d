//! What was measured, and the table that it makes: by load, so that servers stand beside each other.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::FREEHOLD;
use super::alone::Fact;
use super::drive::Outcome;
use super::goals::{Peers, goal};
use super::peers::{Peer, Running};
use crate::table::Table;

/// What a load does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    Append,
    Send,
    Batch,
    Cycle,
    FanOut,
}

impl Measure {
    /// What servers are asked to do.
    pub const LOADS: [Self; 4] = [Self::Send, Self::Batch, Self::Cycle, Self::FanOut];

    /// Part of queue names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Send => "send",
            Self::Batch => "batch",
            Self::Cycle => "cycle",
            Self::FanOut => "fan-out",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Append => "append and fdatasync of 1 KiB",
            Self::Send => "send of 1 KiB",
            Self::Batch => "send, batches of 10 x 1 KiB",
            Self::Cycle => "send, receive, delete",
            Self::FanOut => "publish, deliveries to 10 queues",
        }
    }
}

/// One load on one server.
pub struct Row {
    pub measure: Measure,
    /// For the disk, how many messages each write holds.
    pub connections: usize,
    pub server: String,
    pub outcome: Result<Outcome, String>,
    /// Deliveries that did not come.
    pub missing: u64,
}

#[derive(Default)]
pub struct Report {
    pub took: Duration,
    rows: Vec<Row>,
    facts: Vec<Fact>,
    notes: Vec<String>,
}

/// Cores that something else used, from which on a figure is marked as disturbed.
const DISTURBED: f64 = 0.2;

impl Report {
    pub fn add(
        &mut self,
        measure: Measure,
        connections: usize,
        server: &str,
        outcome: Result<Outcome, String>,
        missing: u64,
    ) {
        let row = Row { measure, connections, server: server.to_owned(), outcome, missing };
        let cells = row.cells();
        eprintln!("  {}", cells.join("  "));
        self.rows.push(row);
    }

    pub fn facts(&mut self, what: &str, facts: Result<Vec<Fact>>) {
        let failed = |error| {
            let result = format!("failed: {error:#}");
            vec![Fact { what: what.to_owned(), result, goal: "measured", met: false }]
        };
        let facts = facts.unwrap_or_else(failed);
        for fact in &facts {
            eprintln!("  {}  {}", fact.what, fact.result);
        }
        self.facts.extend(facts);
    }

    pub fn measured(&mut self, peer: &Peer, server: &Running) {
        let start = server.first_answer.as_secs_f64();
        let resident = server.tree.resident_mib().unwrap_or_default();
        let packages = peer.packages.join(" ");
        let registry = &peer.registry;
        self.notes.push(format!(
            "{}: {packages} from {registry}; started in {start:.1} s, resident then {resident:.0} MiB",
            peer.name
        ));
    }

    pub fn absent(&mut self, name: &str, why: &str) {
        eprintln!("  {name} is not measured: {why}");
        self.notes.push(format!("{name}: not measured: {}", why.chars().take(300).collect::<String>()));
    }

    fn last_column(&self, row: &Row) -> String {
        let mut said = Vec::new();
        if let Ok(outcome) = &row.outcome {
            if row.server == FREEHOLD {
                let same = |other: &&Row| other.measure == row.measure && other.connections == row.connections;
                let peers = Peers::of(self.rows.iter().filter(same).filter(|other| other.server != "bare hyper"));
                said.extend(goal(row, outcome, &peers));
            }
            if row.missing > 0 {
                said.push(format!("{} deliveries missing", row.missing));
            }
            if outcome.twice > 0 {
                said.push(format!("{} received twice", outcome.twice));
            }
            if outcome.others > DISTURBED {
                said.push(format!("disturbed: others used {:.1} cores", outcome.others));
            }
        }
        said.join("; ")
    }
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.measure.title().to_owned(), self.connections.to_string(), self.server.clone()];
        match &self.outcome {
            Ok(outcome) => {
                let milliseconds = |percent| format!("{:.2}", outcome.percentile(percent).as_secs_f64() * 1000.0);
                cells.extend([format!("{:.0}", outcome.per_second()), milliseconds(50), milliseconds(99)]);
                if self.measure == Measure::Append {
                    cells.extend([String::new(), String::new()]);
                } else {
                    cells.extend([format!("{:.0}", outcome.resident), format!("{:.2}", outcome.cpu_us() / 10.0)]);
                }
            }
            Err(error) => {
                cells.push(format!("failed: {}", error.chars().take(120).collect::<String>().replace('\n', " ")));
                cells.resize(8, String::new());
            }
        }
        cells
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [
            "measured",
            "connections",
            "server",
            "messages/s",
            "p50 ms",
            "p99 ms",
            "MiB",
            "CPU s/100k",
            "beside the goal",
        ];
        let mut table = Table::new(head);
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| (row.measure, row.connections));
        for row in rows {
            let mut cells = row.cells();
            cells.push(self.last_column(row));
            table.push(cells);
        }
        write!(f, "{table}")?;
        if !self.facts.is_empty() {
            let mut table = Table::new(["freehold alone", "result", "goal", ""]);
            for fact in &self.facts {
                let met = if fact.goal.is_empty() { "" } else { verdict(fact.met) };
                table.push(vec![fact.what.clone(), fact.result.clone(), fact.goal.to_owned(), met.to_owned()]);
            }
            write!(f, "\n{table}")?;
        }
        writeln!(f)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        writeln!(
            f,
            "freehold: on disk, signatures verified. CPU is the server's. Measured in {:.0} s.",
            self.took.as_secs_f64()
        )
    }
}

pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
