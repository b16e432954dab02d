//! What people see: results on standard output, everything else on standard error, colour only where it is wanted
//! (<https://no-color.org>).

use std::io::{IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Prints why a command failed, in one line.
pub fn error(error: &anyhow::Error) {
    let prefix = paint(std::io::stderr().is_terminal(), "1;31", "freehold:");
    eprintln!("{prefix} {}", one_line(&format!("{error:#}")));
}

/// Tells the user something on the way.
pub fn note(text: &str) {
    let prefix = paint(std::io::stderr().is_terminal(), "1;36", "freehold:");
    eprintln!("{prefix} {text}");
}

/// Whether standard output may carry colour.
pub fn colour_on_stdout() -> bool {
    std::io::stdout().is_terminal() && colour_wanted()
}

fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// `text` in an SGR style (`1;31`), if the stream takes colour.
pub fn paint(terminal: bool, style: &str, text: &str) -> String {
    if terminal && colour_wanted() { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Something that takes long: a spinner on a terminal, a line per step elsewhere.
pub struct Working {
    what: String,
    bar: Option<ProgressBar>,
}

impl Working {
    pub fn new(what: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(80));
            bar
        });
        Self { what: what.to_owned(), bar }
    }

    /// Says what is being done now.
    pub fn step(&self, step: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(format!("{}: {step}", self.what)),
            None => note(&format!("{}: {step}", self.what)),
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A long file that is read: a bar on a terminal, a line now and then elsewhere.
pub struct Reading<R> {
    from: R,
    what: String,
    /// Bytes; `None` for what does not say how long it is.
    size: Option<u64>,
    read: u64,
    bar: Option<ProgressBar>,
}

/// Bytes between two lines.
const A_LINE: u64 = 256 << 20;

impl<R> Reading<R> {
    pub fn new(from: R, what: &str, size: Option<u64>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let (bar, template) = match size {
                Some(size) => (ProgressBar::new(size), "{msg} {wide_bar:.cyan} {bytes} of {total_bytes}, {eta}"),
                None => (ProgressBar::new_spinner(), "{spinner:.cyan} {msg} {bytes}, {elapsed}"),
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar
        });
        Self { from, what: what.to_owned(), size, read: 0, bar }
    }

    fn progress(&self) -> String {
        let mib = |bytes: u64| bytes >> 20;
        match self.size {
            Some(size) => format!("{}: {} of {} MiB", self.what, mib(self.read), mib(size)),
            None => format!("{}: {} MiB", self.what, mib(self.read)),
        }
    }
}

impl<R: Read> Read for Reading<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.from.read(into)?;
        let before = self.read;
        self.read += count as u64;
        match &self.bar {
            Some(bar) => bar.set_position(self.read),
            None if before / A_LINE < self.read / A_LINE => note(&self.progress()),
            None => {}
        }
        Ok(count)
    }
}

impl<R> Drop for Reading<R> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The text without line breaks.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Rows in columns as wide as their widest cell, two spaces apart; the first row is the head.
pub fn table(rows: &[Vec<String>]) -> String {
    table_with_numbers(rows, usize::MAX)
}

/// The same with numbers, which line up at their ends, in all columns from one on.
pub fn table_with_numbers(rows: &[Vec<String>], first: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(
            |(at, (cell, width))| {
                if at < first { format!("{cell:width$}") } else { format!("{cell:>width$}") }
            },
        );
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// `90061` seconds as `1d 1h 1m 1s`, without leading zeros.
pub fn duration(seconds: u64) -> String {
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    parts[first..].iter().map(|(count, unit)| format!("{count}{unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["a", "long name", "c"], ["wide", "x", ""]].map(|row| row.map(String::from).to_vec());
        assert_eq!(table(&rows), "a     long name  c\nwide  x\n");
    }

    #[test]
    fn durations_leave_out_what_is_zero_in_front() {
        assert_eq!(duration(0), "0s");
        assert_eq!(duration(61), "1m 1s");
        assert_eq!(duration(90_061), "1d 1h 1m 1s");
    }

    #[test]
    fn what_is_read_is_counted_and_not_changed() {
        let mut reading = Reading::new(&b"prices"[..], "importing", Some(3 << 20));
        let mut text = String::new();
        reading.read_to_string(&mut text).unwrap();
        assert_eq!((&*text, reading.read, reading.progress()), ("prices", 6, "importing: 0 of 3 MiB".to_owned()));
    }

    #[test]
    fn a_failure_is_one_line() {
        assert_eq!(one_line("runc failed:\n  no such file\n\n"), "runc failed:; no such file");
    }
}
