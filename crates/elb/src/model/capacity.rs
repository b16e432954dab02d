//! Capacity units: how much of a balancer's capacity an hour took (*Elastic Load Balancing pricing: LCU details*). Of what is
//! counted for a protocol the one counts that is the highest in the hour, and of a Network Load Balancer the protocols are
//! added up. A Classic Load Balancer is paid for by the bytes that it moves.

use freehold_balancer::config::Kind;
use freehold_balancer::status::{FlowCounters, Status};
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const HOUR: i64 = 3600;
const MINUTE: i64 = 60;
/// A node that was first seen so late after its start, in seconds, was served by a region that did not meter it.
const NEW: i64 = HOUR;

/// What a balancer's node had counted when it was looked at last, and what the hour has seen so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// The balancer's.
    pub arn: String,
    pub account: String,
    /// Which process counted: another one counts from zero.
    node: (u32, i64),
    counted: Counted,
    /// Since 1970.
    hour: i64,
    used: Counted,
    /// Since 1970.
    minute: i64,
    /// New and most active connections of each protocol in the minute.
    busiest: [Minute; PROTOCOLS],
}

impl Document for Capacity {
    const KIND: &'static str = "elb.capacity";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}

const PROTOCOLS: usize = 3;

/// Sums: since a node started, or of an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    /// HTTP or TCP, then TLS, then UDP; those of Application Load Balancers are all in the first.
    by_protocol: [Protocol; PROTOCOLS],
    /// Of the bytes, those to and from functions.
    function_bytes: u64,
    /// Without those that are free.
    rule_evaluations: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Protocol {
    new: u64,
    /// Of an hour the sum over its minutes; of a node those that are active now.
    active: u64,
    bytes: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Minute {
    new: u64,
    active: u64,
}

/// What one unit is worth of.
struct Unit {
    new_a_second: u128,
    active: u128,
}

const APPLICATION: Unit = Unit { new_a_second: 25, active: 3000 };
const NETWORK: [Unit; PROTOCOLS] = [
    Unit { new_a_second: 800, active: 100_000 },
    Unit { new_a_second: 50, active: 3000 },
    Unit { new_a_second: 400, active: 50_000 },
];
const BYTES: u128 = 1 << 30;
/// Two fifths of it.
const FUNCTION_BYTES: u128 = BYTES * 2 / 5;
const EVALUATIONS_A_SECOND: u128 = 1000;
const MILLIONTHS: u128 = 1_000_000;

/// What is to be added to an hour's tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metered {
    pub usage_type: &'static str,
    /// In the hour.
    pub at: Timestamp,
    /// Of a unit's hour, or of a gigabyte.
    pub millionths: u64,
}

impl Capacity {
    /// Of a balancer that is looked at for the first time.
    pub fn new(arn: &str, account: &str, status: &Status, now: Timestamp) -> Self {
        let is_new = now.as_second().saturating_sub(status.started) < NEW;
        let (arn, account, node) = (arn.to_owned(), account.to_owned(), (status.pid, status.started));
        let counted = if is_new { Counted::default() } else { Counted::of(status) };
        let busiest = Default::default();
        Self { arn, account, node, counted, hour: 0, used: Counted::default(), minute: 0, busiest }
    }

    /// Whether there is anything to meter.
    pub fn is_behind(&self, status: &Status, now: Timestamp) -> bool {
        let there = Counted::of(status);
        let is_busy = there.by_protocol.iter().any(|protocol| protocol.active > 0);
        let is_known = self.node == (status.pid, status.started) && there == self.counted;
        !is_known || is_busy && self.minute != now.as_second().div_euclid(MINUTE)
    }

    /// Takes what was counted since the last time to the hour of `now`.
    pub fn meter(&mut self, kind: Kind, status: &Status, now: Timestamp) -> Metered {
        let (there, node) = (Counted::of(status), (status.pid, status.started));
        let before = if self.node == node { std::mem::take(&mut self.counted) } else { Counted::default() };
        let (hour, minute) = (now.as_second().div_euclid(HOUR), now.as_second().div_euclid(MINUTE));
        if self.hour != hour {
            (self.hour, self.used) = (hour, Counted::default());
        }
        if self.minute != minute {
            (self.minute, self.busiest) = (minute, Default::default());
        }
        let metered = self.used.millionths(kind);
        self.used.add(&before, &there, &mut self.busiest);
        (self.node, self.counted) = (node, there);
        Metered {
            usage_type: match kind {
                Kind::Application => "LCUUsage:Application",
                Kind::Network => "LCUUsage:Network",
                Kind::Classic => "DataProcessing-Bytes",
            },
            at: Timestamp::from_second(hour.saturating_mul(HOUR)).unwrap_or(now),
            // Nothing that is counted becomes less, and so neither does what comes of it.
            millionths: u64::try_from(self.used.millionths(kind).saturating_sub(metered)).unwrap_or(u64::MAX),
        }
    }
}

/// *ConsumedLCUs*: units that were used in a minute between two looks at the same process of a node.
pub fn consumed(kind: Kind, before: &Status, now: &Status) -> f64 {
    let mut used = Counted::default();
    used.add(&Counted::of(before), &Counted::of(now), &mut Default::default());
    // What a minute took, an hour of the kind takes sixty times.
    (used.millionths(kind) * (HOUR / MINUTE) as u128) as f64 / MILLIONTHS as f64
}

impl Counted {
    fn of(status: &Status) -> Self {
        let all = &status.counters;
        let flows = |part: &FlowCounters| Protocol {
            new: part.new_flow_count,
            active: part.active_flow_count,
            bytes: part.processed_bytes,
        };
        let (tls, udp) = (flows(&all.tls), flows(&all.udp));
        // Connections of HTTP are no flows, and those of flows are flows.
        let (new, active) = match all.new_flow_count {
            0 => (all.new_connection_count, all.active_connection_count),
            new => {
                (new.saturating_sub(tls.new + udp.new), all.active_flow_count.saturating_sub(tls.active + udp.active))
            }
        };
        let plain = Protocol { new, active, bytes: all.processed_bytes.saturating_sub(tls.bytes + udp.bytes) };
        Self {
            by_protocol: [plain, tls, udp],
            function_bytes: status.groups.iter().map(|group| group.lambda_target_processed_bytes).sum(),
            rule_evaluations: all.paid_rule_evaluations,
        }
    }

    /// Adds what happened between two looks at a node.
    fn add(&mut self, before: &Self, now: &Self, busiest: &mut [Minute; PROTOCOLS]) {
        for (at, used) in self.by_protocol.iter_mut().enumerate() {
            let (before, now, busiest) = (&before.by_protocol[at], &now.by_protocol[at], &mut busiest[at]);
            let new = now.new.saturating_sub(before.new);
            used.new += new;
            used.bytes += now.bytes.saturating_sub(before.bytes);
            busiest.new += new;
            // What came and went within the minute was active in it, too.
            let active = busiest.active.max(now.active).max(busiest.new);
            used.active += active - busiest.active;
            busiest.active = active;
        }
        self.function_bytes += now.function_bytes.saturating_sub(before.function_bytes);
        self.rule_evaluations += now.rule_evaluations.saturating_sub(before.rule_evaluations);
    }

    /// Units of an hour, or gigabytes, that came to be used in it.
    fn millionths(&self, kind: Kind) -> u128 {
        let [plain, ..] = self.by_protocol;
        match kind {
            Kind::Application => {
                let functions = part(self.function_bytes, FUNCTION_BYTES);
                let bytes = part(plain.bytes.saturating_sub(self.function_bytes), BYTES) + functions;
                let evaluations = part(self.rule_evaluations, EVALUATIONS_A_SECOND * HOUR as u128);
                plain.connections(&APPLICATION).max(bytes).max(evaluations)
            }
            Kind::Network => {
                let each = self.by_protocol.iter().zip(&NETWORK);
                each.map(|(used, unit)| used.connections(unit).max(part(used.bytes, BYTES))).sum()
            }
            Kind::Classic => self.by_protocol.iter().map(|used| part(used.bytes, BYTES)).sum(),
        }
    }
}

impl Protocol {
    fn connections(&self, unit: &Unit) -> u128 {
        let minutes = (HOUR / MINUTE) as u128;
        part(self.new, unit.new_a_second * HOUR as u128).max(part(self.active, unit.active * minutes))
    }
}

/// Millionths of a unit.
fn part(amount: u64, unit: u128) -> u128 {
    u128::from(amount) * MILLIONTHS / unit
}

#[cfg(test)]
mod tests {
    use freehold_balancer::status::{Counters, GroupCounters};
    use proptest::prelude::*;

    use super::*;

    const START: &str = "2026-11-30T10:00:00Z";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(START.parse::<Timestamp>().unwrap().as_second() + seconds).unwrap()
    }

    fn status(counters: Counters) -> Status {
        Status { pid: 7, started: at(0).as_second(), counters, ..Status::default() }
    }

    /// What the looks at these moments come to, by hour.
    fn metered(kind: Kind, looks: &[(i64, Status)]) -> Vec<(i64, u64)> {
        let mut capacity = Capacity::new("arn", "111122223333", &looks[0].1, at(looks[0].0));
        let mut hours = std::collections::BTreeMap::<i64, u64>::new();
        for (seconds, status) in looks {
            let metered = capacity.meter(kind, status, at(*seconds));
            *hours.entry((metered.at.as_second() - at(0).as_second()) / HOUR).or_default() += metered.millionths;
        }
        hours.into_iter().collect()
    }

    fn http(new: u64, active: u64, bytes: u64, evaluations: u64) -> Status {
        status(Counters {
            new_connection_count: new,
            active_connection_count: active,
            processed_bytes: bytes,
            paid_rule_evaluations: evaluations,
            ..Counters::default()
        })
    }

    #[test]
    fn the_highest_of_an_hour_counts() {
        // 25 a second for an hour, 3,000 active for a minute, half a gigabyte, a tenth of a million evaluations.
        let new = metered(Kind::Application, &[(10, http(90_000, 3000, BYTES as u64 / 2, 100_000))]);
        assert_eq!(new, [(0, 1_000_000)], "those that are new in a minute are active in it, too");
        let bytes = metered(Kind::Application, &[(10, http(100, 10, 3 * BYTES as u64, 100_000))]);
        assert_eq!(bytes, [(0, 3_000_000)]);
        let evaluations = metered(Kind::Application, &[(10, http(100, 10, 0, 7_200_000))]);
        assert_eq!(evaluations, [(0, 2_000_000)]);
        let active: Vec<_> = (0..60).map(|minute| (minute * MINUTE, http(10, 6000, 0, 0))).collect();
        assert_eq!(metered(Kind::Application, &active), [(0, 2_000_000)]);
    }

    #[test]
    fn a_minute_is_told_by_what_an_hour_of_it_would_take() {
        let (before, now) = (http(100, 0, 1000, 0), http(100 + 3000, 0, 1000, 0));
        let busy = consumed(Kind::Application, &before, &now);
        assert!((busy - 2.0).abs() < 1e-4, "3,000 in a minute are 50 a second: {busy}");
        assert_eq!(consumed(Kind::Application, &now, &now), 0.0);
    }

    #[test]
    fn functions_take_more_of_a_unit() {
        let mut there = http(0, 0, BYTES as u64 + FUNCTION_BYTES as u64, 0);
        there.groups =
            vec![GroupCounters { lambda_target_processed_bytes: FUNCTION_BYTES as u64, ..GroupCounters::default() }];
        assert_eq!(metered(Kind::Application, &[(10, there)]), [(0, 2_000_000)]);
    }

    #[test]
    fn protocols_of_a_network_balancer_are_added_up() {
        let flows =
            |new_flow_count, processed_bytes| FlowCounters { new_flow_count, active_flow_count: 0, processed_bytes };
        let gb = BYTES as u64;
        let there = status(Counters {
            new_connection_count: 99,
            new_flow_count: 800 * 3600 + 1000 + 400,
            processed_bytes: gb / 2 + 2 * gb + gb / 4,
            tls: flows(1000, 2 * gb),
            udp: flows(400, gb / 4),
            ..Counters::default()
        });
        assert_eq!(metered(Kind::Network, &[(10, there.clone())]), [(0, 1_000_000 + 2_000_000 + 250_000)]);
        assert_eq!(metered(Kind::Classic, &[(10, there)]), [(0, 2_750_000)]);
    }

    #[test]
    fn hours_begin_anew_and_nodes_too() {
        let gb = BYTES as u64;
        let again = Status { pid: 8, started: at(3700).as_second(), ..http(0, 0, gb, 0) };
        let looks =
            [(10, http(0, 0, gb, 0)), (3599, http(0, 0, 2 * gb, 0)), (3600, http(0, 0, 5 * gb, 0)), (3710, again)];
        assert_eq!(metered(Kind::Application, &looks), [(0, 2_000_000), (1, 4_000_000)]);
    }

    #[test]
    fn what_a_node_counted_long_before_is_not_metered() {
        let old = Status { started: at(-2 * HOUR).as_second(), ..http(0, 0, BYTES as u64, 0) };
        assert_eq!(metered(Kind::Application, &[(10, old)]), [(0, 0)]);
    }

    #[test]
    fn a_look_is_due_when_something_happened_or_goes_on() {
        let (idle, busy) = (http(5, 0, 100, 0), http(5, 1, 100, 0));
        let mut capacity = Capacity::new("arn", "111122223333", &idle, at(0));
        assert!(capacity.is_behind(&idle, at(0)));
        capacity.meter(Kind::Application, &idle, at(0));
        assert!(!capacity.is_behind(&idle, at(600)) && capacity.is_behind(&busy, at(1)));
        capacity.meter(Kind::Application, &busy, at(1));
        assert!(!capacity.is_behind(&busy, at(2)) && capacity.is_behind(&busy, at(60)));
    }

    proptest! {
        /// Nothing of a single hour depends on how often a node is looked at, but what is active.
        #[test]
        fn bytes_and_connections_are_metered_once(
            steps in prop::collection::vec((0_u64..1 << 32, 0_u64..10_000, 0_u64..100_000), 1..20), again in any::<bool>()
        ) {
            let mut all = (0, 0, 0);
            let mut looks = Vec::new();
            for (at, (bytes, new, evaluations)) in steps.iter().enumerate() {
                all = (all.0 + bytes, all.1 + new, all.2 + evaluations);
                let there = http(all.1, 0, all.0, all.2);
                looks.push((at as i64 * 120, there.clone()));
                if again {
                    looks.push((at as i64 * 120, there));
                }
            }
            let whole = Counted {
                by_protocol: [Protocol { new: all.1, active: all.1, bytes: all.0 }, Protocol::default(), Protocol::default()],
                function_bytes: 0,
                rule_evaluations: all.2,
            };
            let sum: u64 = metered(Kind::Application, &looks).into_iter().map(|(_, millionths)| millionths).sum();
            prop_assert_eq!(u128::from(sum), whole.millionths(Kind::Application));
        }
    }
}
