//! Queues and topics beside those of every peer, in one run: the same load on each server, one after the other, and one
//! table at the end. Freehold's figures are of messages that are on disk and signatures that were verified; most
//! peers keep messages in memory and look at no signature.

mod alone;
mod answers;
mod api;
mod drive;
mod fanout;
mod goals;
mod http;
mod limits;
mod load;
mod options;
mod payload;
mod peers;
mod report;
mod sign;

use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use drive::{Outcome, Plan};
use options::Options;
pub use options::USAGE;
pub use payload::Payload;
use peers::{List, Running};
use report::{Measure, Report};

/// Name of our own server in the table.
const FREEHOLD: &str = "freehold";

pub fn run(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    // The load must not take a core from the server: one thread.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let mut report = Report::default();
    let started = Instant::now();
    let outcome = runtime.block_on(measure(&options, &mut report));
    report.took = started.elapsed();
    // What was measured before a failure is still worth reading.
    print!("{report}");
    outcome
}

async fn measure(options: &Options, report: &mut Report) -> Result<()> {
    let data = tempfile::Builder::new().prefix("freehold-bench-").tempdir_in(&options.data)?;
    ensure!(!limits::is_in_memory(data.path())?, "{} is in memory; --data-dir names a disk", options.data.display());
    limits_of_the_host(options, data.path(), report).await?;
    if options.wants(FREEHOLD) {
        let server = Running::freehold(&options.freehold, &data.path().join("loads")).await?;
        warm(FREEHOLD, &server, options.time).await;
        all_loads(FREEHOLD, &server, true, options, report).await;
    }
    let list = List::read()?;
    for peer in list.peer.iter().filter(|peer| options.wants(&peer.name)) {
        if let Some(why) = peer.missing() {
            report.absent(&peer.name, &why);
            continue;
        }
        match peer.start().await {
            Ok(server) => {
                report.measured(peer, &server);
                warm(&peer.name, &server, options.time.max(Duration::from_secs(peer.warm))).await;
                all_loads(&peer.name, &server, peer.topics, options, report).await;
            }
            Err(error) => report.absent(&peer.name, &format!("does not start: {error:#}")),
        }
    }
    for absent in list.absent.iter().filter(|absent| options.wants(&absent.name)) {
        report.absent(&absent.name, &absent.why);
    }
    if options.alone && options.wants(FREEHOLD) {
        report.facts("idle receivers", alone::idle(&options.freehold, &data.path().join("idle")).await);
        report.facts("a million messages", alone::million(&options.freehold, &data.path().join("million")).await);
    }
    Ok(())
}

/// What no server on this host could do better.
async fn limits_of_the_host(options: &Options, data: &Path, report: &mut Report) -> Result<()> {
    for at_once in options.connections.iter().copied() {
        let outcome = limits::appends(data, at_once, options.time / 3)?;
        report.add(Measure::Append, at_once, "the disk", Ok(outcome), 0);
    }
    let bare = Running::bare().await?;
    for connections in options.connections.iter().copied() {
        for measure in options.loads.iter().copied().filter(|load| *load != Measure::FanOut) {
            let outcome = one_load(measure, &bare, plan(options, connections)).await;
            add(measure, connections, "bare hyper", outcome, report);
        }
    }
    Ok(())
}

fn plan(options: &Options, connections: usize) -> Plan {
    Plan { connections, warm: options.time / 3, time: options.time }
}

/// A load that is not counted, by which classes are loaded and code is compiled.
async fn warm(name: &str, server: &Running, time: Duration) {
    let plan = Plan { connections: 32, warm: Duration::ZERO, time };
    if let Err(error) = load::cycle(&server.api, &server.tree, plan, "warm").await {
        eprintln!("  {name} does not get warm: {error:#}");
    }
}

/// All loads on one server. One that fails is reported as failed, and the next begins.
async fn all_loads(name: &str, server: &Running, topics: bool, options: &Options, report: &mut Report) {
    for connections in options.connections.iter().copied() {
        for measure in options.loads.iter().copied() {
            if measure == Measure::FanOut && !topics {
                continue;
            }
            let outcome = one_load(measure, server, plan(options, connections)).await;
            add(measure, connections, name, outcome, report);
        }
    }
}

/// One load, and how many deliveries were missing.
async fn one_load(measure: Measure, server: &Running, plan: Plan) -> Result<(Outcome, u64)> {
    let (api, tree): (&Rc<_>, _) = (&server.api, &server.tree);
    let name = format!("{}-{}", measure.name(), plan.connections);
    Ok(match measure {
        Measure::Send => (load::send(api, tree, plan, &name).await?, 0),
        Measure::Batch => (load::send_batch(api, tree, plan, &name).await?, 0),
        Measure::Cycle => (load::cycle(api, tree, plan, &name).await?, 0),
        Measure::FanOut => {
            let found = fanout::fan_out(api, tree, plan, &name).await?;
            (found.outcome, found.missing)
        }
        Measure::Append => anyhow::bail!("the disk is no server"),
    })
}

fn add(measure: Measure, connections: usize, name: &str, outcome: Result<(Outcome, u64)>, report: &mut Report) {
    match outcome {
        Ok((outcome, missing)) => report.add(measure, connections, name, Ok(outcome), missing),
        Err(error) => report.add(measure, connections, name, Err(format!("{error:#}")), 0),
    }
}
