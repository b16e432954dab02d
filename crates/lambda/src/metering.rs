//! What functions cost: invocations, and time by memory (*AWS Lambda pricing*). The node says once what each invocation used,
//! among the lines of logs, and says it again until it is told that the line is stored. Counting it and remembering up to
//! where is one transaction, so that nothing is counted twice.

use freehold_functions::contract::{LogLine, Used};
use freehold_metering::Counts;
use freehold_store::{Document, Error, StoreExt, TxExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Lambda;

const SERVICE: &str = "AWSLambda";
const ONE: u64 = 1_000_000;
const MIB_PER_GB: u64 = 1024;

/// Up to which line usage is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    last: u64,
}

impl Document for Counted {
    const KIND: &'static str = "lambda.counted";

    fn id(&self) -> &str {
        "lines"
    }

    fn account(&self) -> &str {
        "000000000000"
    }
}

impl Lambda {
    /// Counts what these lines say was used, unless that is done.
    pub(crate) async fn meter(&self, lines: &[LogLine], ahead_ms: i64) -> Result<(), Error> {
        let used = |line: &LogLine| {
            let at = Timestamp::from_millisecond(line.timestamp_ms + ahead_ms).unwrap_or_else(|_| self.now());
            Some((line.number, line.account.clone(), at, line.used.clone()?))
        };
        let used: Vec<_> = lines.iter().filter_map(used).collect();
        if used.is_empty() {
            return Ok(());
        }
        self.store
            .transact(move |tx| {
                let mut counted = tx.get::<Counted>("lines")?.unwrap_or_default();
                let mut counts = Counts::default();
                let done = counted.last;
                for (number, account, at, used) in used.into_iter().filter(|(number, ..)| *number > done) {
                    counted.last = number;
                    add(&mut counts, &account, at, &used);
                }
                counts.write(tx)?;
                tx.put(&counted)
            })
            .await
    }
}

fn add(counts: &mut Counts, account: &str, at: Timestamp, used: &Used) {
    let who = (account, &*used.function);
    counts.add(who, (SERVICE, "Request"), at, ONE);
    // Milliseconds and MiB make thousandths of a second and of a gigabyte.
    let gb_seconds = used.billed_ms * u64::from(used.memory_mib) * (ONE / 1000) / MIB_PER_GB;
    counts.add(who, (SERVICE, "Lambda-GB-Second"), at, gb_seconds);
}
