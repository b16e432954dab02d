//! What Freehold is to reach, as ratios of one run where a peer is the measure.

use super::FREEHOLD;
use super::drive::Outcome;
use super::report::{Measure, Row, verdict};

/// The connections that goals are about.
const CONNECTIONS: usize = 32;

/// The fastest peer of a load.
pub struct Peers {
    fastest: Option<(String, f64)>,
}

impl Peers {
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let rates = rows.filter(|row| row.server != FREEHOLD).filter_map(|row| {
            let outcome = row.outcome.as_ref().ok()?;
            Some((row.server.clone(), outcome.per_second()))
        });
        Self { fastest: rates.max_by(|one, other| one.1.total_cmp(&other.1)) }
    }
}

/// How a row of Freehold stands beside its goals.
pub fn goal(row: &Row, outcome: &Outcome, peers: &Peers) -> Vec<String> {
    let wanted = match row.measure {
        _ if row.connections != CONNECTIONS => None,
        Measure::Send => Some(4.0),
        Measure::Cycle => Some(3.0),
        Measure::FanOut => Some(2.0),
        Measure::Batch | Measure::Append => None,
    };
    let mut said = Vec::new();
    if let Some((name, rate)) = &peers.fastest {
        let ratio = outcome.per_second() / rate;
        said.push(match wanted {
            Some(wanted) => format!("{ratio:.2} x {name} (>= {wanted}): {}", verdict(ratio >= wanted)),
            None => format!("{ratio:.2} x {name}"),
        });
    }
    if row.measure == Measure::Send && row.connections == CONNECTIONS {
        let cpu = outcome.cpu_us();
        said.push(format!("{cpu:.1} us of CPU (< 25): {}", verdict(cpu < 25.0)));
        let p99 = outcome.percentile(99).as_secs_f64() * 1000.0;
        said.push(format!("p99 {p99:.2} ms (< 5): {}", verdict(p99 < 5.0)));
    }
    if row.measure == Measure::FanOut && row.connections == CONNECTIONS {
        said.push(format!("none missing: {}", verdict(row.missing == 0)));
    }
    said
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(server: &str, messages: u64) -> Row {
        let outcome = Outcome { messages, took: Duration::from_secs(1), ..Outcome::default() };
        Row { measure: Measure::Cycle, connections: 32, server: server.into(), outcome: Ok(outcome), missing: 0 }
    }

    #[test]
    fn the_fastest_peer_is_the_measure() {
        let rows = [row("slow", 10), row("fast", 100), row(FREEHOLD, 310)];
        let peers = Peers::of(rows.iter());
        let said = goal(&rows[2], rows[2].outcome.as_ref().unwrap(), &peers);
        assert_eq!(said, ["3.10 x fast (>= 3): met"]);
    }
}
