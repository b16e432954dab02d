//! What the demo shows. On a terminal a step spins until it is done; elsewhere each step is two plain lines.

use std::future::Future;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::paint;

/// Ends a file that is typed in: `cat > file <<'END'`.
const HERE: &str = "END";
/// How often what is seen meanwhile is looked at.
const GLANCE: Duration = Duration::from_millis(100);

pub struct Screen {
    terminal: bool,
}

impl Screen {
    pub fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal() }
    }

    /// One step: what it is, what to type to do it by hand, and the work. The work answers with what came of it.
    pub async fn step<T>(
        &self,
        title: &str,
        by_hand: &str,
        work: impl Future<Output = Result<(T, String)>>,
    ) -> Result<T> {
        self.watched(title, by_hand, &String::new, work).await
    }

    /// A step of which something can be seen meanwhile.
    pub async fn watched<T>(
        &self,
        title: &str,
        by_hand: &str,
        seen: &(dyn Fn() -> String + Sync),
        work: impl Future<Output = Result<(T, String)>>,
    ) -> Result<T> {
        self.heading(title, by_hand);
        let timer = self.timer();
        let mut work = std::pin::pin!(work);
        let outcome = loop {
            match tokio::time::timeout(GLANCE, &mut work).await {
                Ok(outcome) => break outcome,
                Err(_) => timer.show(&seen()),
            }
        };
        match outcome {
            Ok((value, outcome)) => {
                timer.succeeded(&outcome);
                Ok(value)
            }
            Err(error) => {
                timer.failed();
                Err(error.context(format!("the step failed: {title}")))
            }
        }
    }

    /// A step that is not taken, and why.
    pub fn skip(&self, title: &str, reason: &str) {
        println!("\n{}", self.paint("1", title));
        println!("  {} {reason}", self.paint("33", "skipped:"));
    }

    pub fn heading(&self, title: &str, by_hand: &str) {
        println!("\n{}", self.paint("1", title));
        let mut in_file = false;
        for line in by_hand.lines() {
            // The lines of a file that is typed in have no prompt, so that they can be copied.
            let prompt = if in_file { "" } else { "$ " };
            in_file = if in_file { line != HERE } else { line.ends_with(&format!("<<'{HERE}'")) };
            println!("  {}", self.paint("2", &format!("{prompt}{line}")));
        }
    }

    pub fn say(&self, text: &str) {
        println!("{text}");
    }

    pub fn done(&self, took: Duration) {
        println!("\n{}", self.paint("1;32", &format!("Everything worked, in {}.", seconds(took))));
    }

    /// Starts to measure; spins on a terminal until told the outcome.
    pub fn timer(&self) -> Timer<'_> {
        let bar = self.terminal.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("  {spinner:.cyan} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(80));
            bar
        });
        Timer { screen: self, bar, started: Instant::now() }
    }

    fn paint(&self, style: &str, text: &str) -> String {
        paint(self.terminal, style, text)
    }
}

/// A step under way.
pub struct Timer<'a> {
    screen: &'a Screen,
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Timer<'_> {
    fn show(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.to_owned());
        }
    }

    pub fn succeeded(self, outcome: &str) {
        self.end();
        let took = self.screen.paint("2", &seconds(self.started.elapsed()));
        let mut lines = outcome.lines();
        println!("  {} {} {took}", self.screen.paint("32", "✓"), lines.next().unwrap_or("done"));
        lines.for_each(|line| println!("    {line}"));
    }

    fn failed(self) {
        self.end();
        println!("  {} {}", self.screen.paint("31", "✗"), seconds(self.started.elapsed()));
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// `0.123 s`, `12.3 s`
fn seconds(took: Duration) -> String {
    let digits = if took < Duration::from_secs(10) { 3 } else { 1 };
    format!("{:.digits$} s", took.as_secs_f64())
}
