//! `freehold doctor`: tries what this host can do, and says what that means. Ends with 1 if no machines can be made.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use freehold_machine::DriverKind;
use freehold_machine::capacity::{Host, Policy};
use freehold_machine::probe::{Capabilities, Choice, Finding, Requested, choose};

use super::{print_json, print_out};
use crate::cli;
use crate::data_dir::DataDir;
use crate::region::{capacity, machines};
use crate::terminal::{Working, colour_on_stdout, paint};

pub fn run(data_dir: Option<PathBuf>, options: cli::Doctor) -> Result<()> {
    let found = look(&DataDir::new(data_dir)?)?;
    let Choice { kind, reason, .. } = choose(Requested::Auto, &found)?;
    let capacity = capacity::explained(kind, Host::detect()?, Policy::of(kind));
    match options.json {
        true => print_json(&found.findings)?,
        false => print_out(&page(&found.findings, machines::name(kind), &reason, &capacity))?,
    }
    if kind == DriverKind::None {
        bail!("this host runs the API (--machines none) and no machines");
    }
    Ok(())
}

/// Tries everything anew. A data directory that is there keeps the findings; none is made for them.
fn look(data: &DataDir) -> Result<Capabilities> {
    let _working = Working::new("trying what this host can do");
    if data.path().exists() {
        return Ok(Capabilities::probe(data.path())?);
    }
    let place = tempfile::Builder::new().prefix("freehold-doctor-").tempdir().context("a temporary directory")?;
    Ok(Capabilities::probe(place.path())?)
}

fn page(findings: &[Finding], driver: &str, reason: &str, capacity: &str) -> String {
    let colour = colour_on_stdout();
    let line = |one: &Finding| {
        let mark = if one.works { paint(colour, "32", "works") } else { paint(colour, "33", "no   ") };
        let feature = serde_json::to_value(one.feature).unwrap_or_default();
        let name = paint(colour, "1", &format!("{:18}", feature.as_str().unwrap_or_default()));
        format!("{mark}  {name}  {}\n{:27}{}\n", one.found, "", one.meaning)
    };
    let mut text: String = findings.iter().map(line).collect();
    text.push_str(&format!("\n--machines auto means {driver} here: {reason}\n"));
    text.push_str(&format!("capacity: {capacity}\n"));
    text
}
