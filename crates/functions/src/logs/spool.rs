//! Lines on their way to the control plane: in files until it has said that it stored them. Lines are numbered by the time
//! of the first and go on from there, so that numbers grow also across restarts.
//!
//! ```text
//! spool/<number of the first line>.jsonl   one line a line
//! spool/acknowledged                       the number up to which all is stored
//! ```
//!
//! What was written is safe from the end of any process, not from that of the host: a line is not worth a disk's flush.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Split, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::frames::Event;
use super::now_ms;
use crate::contract::{LogBatch, LogLine, Used};

/// A file of this size is followed by another.
const SEGMENT: u64 = 8 << 20;
/// Lines kept in memory, which is a second or two of a busy host; older ones are read from their files again.
const RECENT: usize = 16 << 10;
/// What a batch has at most.
const BATCH: usize = 1 << 20;

pub struct Spool {
    directory: PathBuf,
    state: Mutex<State>,
    news: Notify,
}

struct State {
    next: u64,
    acknowledged: u64,
    /// The first number of each file, in order. The last is written to.
    segments: VecDeque<u64>,
    open: Option<(File, u64)>,
    /// The newest lines, without a gap.
    recent: VecDeque<LogLine>,
    /// Where the last batch of older ones ended.
    older: Option<Older>,
}

/// A file of older lines, read up to the line `last`.
struct Older {
    first: u64,
    lines: Split<BufReader<File>>,
    last: u64,
}

impl Spool {
    pub fn open(directory: PathBuf) -> std::io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let mut segments: Vec<u64> = fs::read_dir(&directory)?
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".jsonl")?.parse().ok())
            .collect();
        segments.sort_unstable();
        let acknowledged = fs::read_to_string(directory.join("acknowledged"));
        let acknowledged = acknowledged.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        // Above all that an earlier process gave away, whatever became of the host's clock since.
        let written = segments.last().map(|first| last_number(&directory.join(format!("{first}.jsonl"))).max(*first));
        let clock = u64::try_from(now_ms()).unwrap_or(0).saturating_mul(1000);
        let next = clock.max(acknowledged + 1).max(written.unwrap_or(0) + 1);
        let state =
            State { next, acknowledged, segments: segments.into(), open: None, recent: VecDeque::new(), older: None };
        Ok(Self { directory, state: Mutex::new(state), news: Notify::new() })
    }

    /// Takes events of a place (account, group, stream). What was used is said with the last of them.
    pub fn append(&self, (account, group, stream): (&str, &str, &str), events: Vec<Event>, used: Option<Used>) {
        let line = |Event { timestamp_ms, message }| {
            let (account, group, stream) = (account.into(), group.into(), stream.into());
            LogLine { number: 0, account, group, stream, timestamp_ms, message, used: None }
        };
        let mut lines: Vec<LogLine> = events.into_iter().map(line).collect();
        if used.is_some() && lines.is_empty() {
            lines.push(line(Event { timestamp_ms: now_ms(), message: String::new() }));
        }
        if let Some(last) = lines.last_mut() {
            last.used = used;
            self.put(lines);
        }
    }

    /// Numbers the lines and writes them.
    fn put(&self, lines: Vec<LogLine>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = Vec::new();
        for line in lines {
            let line = LogLine { number: state.next, ..line };
            state.next += 1;
            // These types can always be written.
            if serde_json::to_writer(&mut text, &line).is_ok() {
                text.push(b'\n');
            }
            state.recent.push_back(line);
        }
        if let Err(error) = self.write(&mut state, &text) {
            tracing::error!(%error, "lines of functions' logs are in memory only");
        }
        while state.recent.len() > RECENT {
            state.recent.pop_front();
        }
        drop(state);
        self.news.notify_waiters();
    }

    fn write(&self, state: &mut State, text: &[u8]) -> std::io::Result<()> {
        if state.open.as_ref().is_none_or(|(_, size)| *size > SEGMENT) {
            let first = state.recent.back().map_or(state.next, |line| line.number);
            // The lines of this call are the last in `recent`, and the first of them names the file.
            let first = first.saturating_sub(text.iter().filter(|&&byte| byte == b'\n').count() as u64 - 1);
            let file = File::options().create(true).append(true).open(self.path(first))?;
            state.open = Some((file, 0));
            state.segments.push_back(first);
        }
        let Some((file, size)) = &mut state.open else { return Ok(()) };
        file.write_all(text)?;
        *size += text.len() as u64;
        Ok(())
    }

    fn path(&self, first: u64) -> PathBuf {
        self.directory.join(format!("{first}.jsonl"))
    }

    /// Forgets what is up to `after`, and answers what comes next; waits for it if there is none.
    pub async fn next(&self, after: u64, wait: Duration) -> LogBatch {
        self.acknowledge(after);
        let until = tokio::time::Instant::now() + wait;
        loop {
            let told = self.news.notified();
            let lines = self.read(after);
            if let Some(last) = lines.last() {
                return LogBatch { last: last.number, lines };
            }
            if tokio::time::timeout_at(until, told).await.is_err() {
                return LogBatch { last: after, lines };
            }
        }
    }

    fn acknowledge(&self, up_to: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if up_to <= state.acknowledged || up_to >= state.next {
            return;
        }
        state.acknowledged = up_to;
        while state.recent.front().is_some_and(|line| line.number <= up_to) {
            state.recent.pop_front();
        }
        // A file is over when the next one begins below that.
        while state.segments.len() > 1 && state.segments[1] <= up_to + 1 {
            if let Some(first) = state.segments.pop_front() {
                let _ = fs::remove_file(self.path(first));
            }
        }
        // The last one, if all of it is stored.
        if state.recent.is_empty() && up_to + 1 == state.next && state.segments.len() == 1 {
            state.open = None;
            if let Some(first) = state.segments.pop_front() {
                let _ = fs::remove_file(self.path(first));
            }
        }
        let (path, draft) = (self.directory.join("acknowledged"), self.directory.join("acknowledged.new"));
        if let Err(error) = fs::write(&draft, up_to.to_string()).and_then(|()| fs::rename(&draft, &path)) {
            tracing::warn!(%error, "what is stored of functions' logs is not written down");
        }
    }

    fn read(&self, after: u64) -> Vec<LogLine> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let floor = after.max(state.acknowledged);
        let mut batch = Batch::default();
        if state.recent.front().map_or(state.next, |line| line.number) > floor + 1 {
            self.read_older(&mut state, floor, &mut batch);
        }
        for line in state.recent.iter().filter(|line| line.number > floor) {
            if batch.is_full() {
                break;
            }
            batch.push(line.clone());
        }
        batch.lines
    }

    /// Lines that are not in memory any more, from where the last batch of them ended.
    fn read_older(&self, state: &mut State, floor: u64, batch: &mut Batch) {
        let first_recent = state.recent.front().map_or(state.next, |line| line.number);
        let left_off = state.older.take().filter(|older| older.last <= floor);
        let mut left_off = left_off.filter(|older| state.segments.contains(&older.first));
        for (index, &first) in state.segments.iter().enumerate() {
            let end = state.segments.get(index + 1).copied().unwrap_or(state.next);
            if first >= first_recent || end <= floor + 1 {
                continue;
            }
            let known = left_off.take_if(|older| older.first == first);
            let Some(mut file) = known.or_else(|| Older::open(&self.path(first), first)) else { continue };
            while !batch.is_full() {
                match file.next() {
                    Some(line) if line.number >= first_recent => return,
                    Some(line) if line.number > floor => batch.push(line),
                    Some(_) => {}
                    None => break,
                }
            }
            if batch.is_full() {
                state.older = Some(file);
                return;
            }
        }
    }
}

impl Older {
    fn open(path: &Path, first: u64) -> Option<Self> {
        let lines = BufReader::new(File::open(path).ok()?).split(b'\n');
        Some(Self { first, lines, last: 0 })
    }
}

impl Iterator for Older {
    type Item = LogLine;

    /// A line that was not written whole says nothing.
    fn next(&mut self) -> Option<LogLine> {
        loop {
            let text = self.lines.next()?.ok()?;
            if let Ok(line) = serde_json::from_slice::<LogLine>(&text) {
                self.last = line.number;
                return Some(line);
            }
        }
    }
}

/// Lines that are given away together.
#[derive(Default)]
struct Batch {
    lines: Vec<LogLine>,
    size: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.size >= BATCH
    }

    fn push(&mut self, line: LogLine) {
        self.size += line.message.len() + line.group.len() + line.stream.len() + 100;
        self.lines.push(line);
    }
}

fn last_number(path: &Path) -> u64 {
    Older::open(path, 0).into_iter().flatten().map(|line| line.number).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(spool: &Spool, words: &[&str]) {
        let event = |word: &&str| Event { timestamp_ms: 1, message: (*word).into() };
        spool.append(("000000000000", "g", "s"), words.iter().map(event).collect(), None);
    }

    async fn texts(spool: &Spool, after: u64) -> (u64, Vec<String>) {
        let batch = spool.next(after, Duration::ZERO).await;
        (batch.last, batch.lines.into_iter().map(|line| line.message).collect())
    }

    #[tokio::test]
    async fn lines_come_again_until_they_are_acknowledged_and_survive_a_restart() {
        let place = tempfile::tempdir().unwrap();
        let spool = Spool::open(place.path().to_owned()).unwrap();
        say(&spool, &["one", "two"]);
        let (last, found) = texts(&spool, 0).await;
        assert_eq!(found, ["one", "two"]);
        assert_eq!(texts(&spool, 0).await.1, ["one", "two"]);
        say(&spool, &["three"]);
        assert_eq!(texts(&spool, last).await.1, ["three"]);
        drop(spool);
        let spool = Spool::open(place.path().to_owned()).unwrap();
        say(&spool, &["four"]);
        let (last, found) = texts(&spool, 0).await;
        assert_eq!(found, ["three", "four"]);
        assert!(texts(&spool, last).await.1.is_empty());
        let files = fs::read_dir(place.path()).unwrap().count();
        assert_eq!(files, 1, "only the number of what is acknowledged is left");
    }

    #[tokio::test]
    async fn numbers_grow_even_if_the_clock_was_set_back() {
        let place = tempfile::tempdir().unwrap();
        let ahead = u64::try_from(now_ms()).unwrap() * 1000 + 3_600_000_000;
        let line = LogLine {
            number: ahead,
            account: String::new(),
            group: "g".into(),
            stream: "s".into(),
            timestamp_ms: 1,
            message: "before".into(),
            used: None,
        };
        fs::write(place.path().join(format!("{ahead}.jsonl")), serde_json::to_string(&line).unwrap() + "\n").unwrap();
        let spool = Spool::open(place.path().to_owned()).unwrap();
        say(&spool, &["after"]);
        assert_eq!(texts(&spool, 0).await, (ahead + 1, vec!["before".into(), "after".into()]));
    }

    #[tokio::test]
    async fn more_lines_than_memory_has_are_read_from_disk() {
        let place = tempfile::tempdir().unwrap();
        let spool = Spool::open(place.path().to_owned()).unwrap();
        for number in 0..3 * RECENT {
            say(&spool, &[&number.to_string()]);
        }
        let (mut at, mut all) = (0, Vec::new());
        loop {
            let (last, found) = texts(&spool, at).await;
            assert_eq!(texts(&spool, at).await, (last, found.clone()), "whoever lost an answer asks again");
            if found.is_empty() {
                break;
            }
            all.extend(found);
            at = last;
        }
        let wanted: Vec<String> = (0..3 * RECENT).map(|number| number.to_string()).collect();
        assert_eq!(all, wanted);
    }
}
