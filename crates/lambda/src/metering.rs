//! What functions cost: invocations, and time by memory (*AWS Lambda pricing*). The node says once what each invocation used,
//! among the lines of logs, and says it again until it is told that the line is stored. Counting it and remembering up to
//! where is one transaction, so that nothing is counted twice.
//!
//! Environments that are kept ready cost something for as long as they are configured, used or not; what runs in them
//! costs less for each second (*AWS Lambda pricing: Provisioned Concurrency*).

use freehold_functions::contract::{LogLine, Used};
use freehold_metering::{Counts, Ongoing, Stretch, Used as Using};
use freehold_store::{Document, Error, Filter, StoreExt, Tx, TxExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Lambda;
use crate::model::{Paid, Provisioned};

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
    let usage_type = if used.is_provisioned { "Lambda-Provisioned-GB-Second" } else { "Lambda-GB-Second" };
    counts.add(who, (SERVICE, usage_type), at, gb_seconds);
}

/// Environments that are kept ready are paid for by so many milliseconds from when they are asked for, the last of which
/// may be begun only.
const AT_A_TIME_MS: i64 = 5 * 60 * 1000;

/// Begins to pay for a configuration, or goes on with another number of environments or another memory.
pub(crate) fn provision(
    tx: &mut dyn Tx,
    mut config: Provisioned,
    memory_mib: u32,
    now: Timestamp,
) -> Result<(), Error> {
    // Bills have whole seconds, and begun ones count: parts that follow each other must not share one.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let before = tx.get::<Provisioned>(&config.arn)?;
    if let Some(stretch) = before.as_ref().and_then(|before| part(before, now)) {
        tx.put(&stretch)?;
    }
    let enabled = before.and_then(|before| before.paid).map_or(now, |paid| paid.enabled);
    config.paid = Some(Paid { enabled, since: now, memory_mib });
    tx.put(&config)
}

/// Removes a configuration, if there is one; what it was used for is written down.
pub(crate) fn release(tx: &mut dyn Tx, arn: &str, now: Timestamp) -> Result<(), Error> {
    let Some(config) = tx.get::<Provisioned>(arn)? else { return Ok(()) };
    let until = config.paid.as_ref().map_or(now, |paid| paid_until(paid.enabled, now));
    if let Some(stretch) = part(&config, until) {
        tx.put(&stretch)?;
    }
    tx.delete::<Provisioned>(arn)?;
    Ok(())
}

fn paid_until(enabled: Timestamp, now: Timestamp) -> Timestamp {
    let for_ms = now.as_millisecond().saturating_sub(enabled.as_millisecond()).max(0);
    let whole = for_ms.saturating_add(AT_A_TIME_MS - 1) / AT_A_TIME_MS * AT_A_TIME_MS;
    Timestamp::from_millisecond(enabled.as_millisecond().saturating_add(whole)).unwrap_or(now)
}

/// What a configuration came to since it last changed.
fn part(config: &Provisioned, until: Timestamp) -> Option<Stretch> {
    let paid = config.paid.as_ref()?;
    let used = Using::Concurrency { memory_mib: paid.memory_mib, environments: config.requested };
    Some(Stretch::new(&config.account, &config.arn, used, (paid.since, until)))
}

impl Ongoing for Lambda {
    fn ongoing(&self, now: Timestamp) -> Result<Vec<Stretch>, Error> {
        Ok(self.store.list::<Provisioned>(&Filter::all())?.iter().filter_map(|config| part(config, now)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use freehold_store::{MemoryStore, SharedStore};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn config(requested: u32) -> Provisioned {
        let (arn, function) = ("arn:f:1".to_owned(), "arn:f".to_owned());
        let (account, modified) = ("111122223333".to_owned(), at("2026-11-30T10:00:00Z"));
        Provisioned { arn, function, account, requested, modified, paid: None }
    }

    #[tokio::test]
    async fn what_is_kept_ready_is_paid_for_from_when_it_is_asked_for_by_five_minutes() {
        let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
        let steps = store.transact::<_, Error, _>(|tx| {
            provision(tx, config(2), 512, at("2026-11-30T10:00:00Z"))?;
            provision(tx, config(3), 512, at("2026-11-30T10:02:00Z"))?;
            release(tx, "arn:f:1", at("2026-11-30T10:11:00Z"))?;
            // It is gone already.
            release(tx, "arn:f:1", at("2026-11-30T10:30:00Z"))
        });
        steps.await.unwrap();
        let mut parts = store.list::<Stretch>(&Filter::all()).unwrap();
        parts.sort_by_key(|part| part.from);
        let told: Vec<_> = parts.into_iter().map(|part| (part.used, part.from, part.to)).collect();
        let of = |environments| Using::Concurrency { memory_mib: 512, environments };
        let (first, second) = (at("2026-11-30T10:02:00Z"), at("2026-11-30T10:15:00Z"));
        assert_eq!(told, [(of(2), at("2026-11-30T10:00:00Z"), first), (of(3), first, second)]);
        assert!(store.list::<Provisioned>(&Filter::all()).unwrap().is_empty());
    }
}
