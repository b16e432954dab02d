//! What `freehold-bench messaging` was asked for.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::report::Measure;

pub const USAGE: &str = "freehold-bench messaging FREEHOLD [--only SERVER,SERVER] [--loads send,batch,cycle,fan-out] [--connections N,N] \
     [--seconds SECONDS] [--skip-alone] [--data-dir DIR]";

/// Each load is bounded by it; nothing here runs without end.
const MOST_SECONDS: f64 = 60.0;
const MOST_CONNECTIONS: usize = 1000;

pub struct Options {
    pub freehold: PathBuf,
    /// Names of servers; all where it is empty.
    only: Vec<String>,
    pub loads: Vec<Measure>,
    pub connections: Vec<usize>,
    /// How long each load lasts, after a third of it that is not counted.
    pub time: Duration,
    /// Whether what only Freehold is asked (idle receivers, a million messages) is measured too.
    pub alone: bool,
    /// Where Freehold's data directories are made.
    pub data: PathBuf,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let (freehold, mut rest) = match arguments.split_first() {
            Some((freehold, rest)) => (PathBuf::from(freehold), rest.iter()),
            None => bail!("usage: {USAGE}"),
        };
        let time = Duration::from_secs(3);
        let mut options = Self {
            freehold,
            only: Vec::new(),
            loads: Measure::LOADS.to_vec(),
            connections: vec![1, 32],
            time,
            alone: true,
            data: std::env::temp_dir(),
        };
        while let Some(word) = rest.next() {
            let mut value = || rest.next().with_context(|| format!("{word} needs a value"));
            match word.as_str() {
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                "--loads" => {
                    let names: Vec<_> = value()?.split(',').collect();
                    options.loads.retain(|load| names.contains(&load.name()));
                }
                "--connections" => {
                    let counts = value()?.split(',').map(str::parse);
                    options.connections = counts.collect::<Result<_, _>>().context("--connections")?;
                    if options.connections.iter().any(|count| !(1..=MOST_CONNECTIONS).contains(count)) {
                        bail!("--connections are from 1 to {MOST_CONNECTIONS}");
                    }
                }
                "--seconds" => {
                    let seconds: f64 = value()?.parse().context("--seconds")?;
                    if !(0.1..=MOST_SECONDS).contains(&seconds) {
                        bail!("--seconds is from 0.1 to {MOST_SECONDS}");
                    }
                    options.time = Duration::from_secs_f64(seconds);
                }
                "--skip-alone" => options.alone = false,
                "--data-dir" => options.data = value()?.into(),
                _ => bail!("{word} is not known; usage: {USAGE}"),
            }
        }
        Ok(options)
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == name)
    }
}
