//! Measures a region beside its peers and prints one table. `freehold-bench FREEHOLD [MOTO_SERVER]` is about starts,
//! calls and launches, `freehold-bench messaging FREEHOLD` about queues and topics, `freehold-bench bill` about arithmetic;
//! `make bench`, `make bench-messaging` and `make bench-bill` build what each needs and run it.

mod bare;
mod bill;
mod load;
mod measure;
mod messaging;
mod process;
mod server;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use table::Table;

/// The programs to measure.
pub struct Programs {
    pub freehold: PathBuf,
    pub moto: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [word, address] if word == "--bare" => bare::serve(address),
        [word] if word == "bill" => bill::run(),
        [word, rest @ ..] if word == "messaging" => messaging::run(rest),
        [freehold] => measure_all(freehold, None),
        [freehold, moto] => measure_all(freehold, Some(moto)),
        _ => {
            eprintln!(
                "usage: freehold-bench FREEHOLD [MOTO_SERVER]\n       freehold-bench bill\n       {}",
                messaging::USAGE
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("freehold-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(freehold: &str, moto: Option<&String>) -> Result<()> {
    let moto = moto.map(PathBuf::from).filter(|path| path.exists());
    let programs = Programs { freehold: freehold.into(), moto };
    // The client must not be the bottleneck, nor take a core from the server: one thread.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("the runtime")?;
    let mut table = Table::default();
    let load = std::fs::read_to_string("/proc/loadavg").context("the host's load")?;
    let load = load.split(' ').next().unwrap_or_default();
    let processors = std::thread::available_parallelism().context("the number of processors")?;
    table.add("processors, load before the run", "host", format!("{processors}, {load}"), "a load of 0");
    let outcome = runtime.block_on(async {
        measure::start(&programs, &mut table).await?;
        measure::requests(&programs, &mut table).await?;
        measure::describe(&programs, &mut table).await?;
        measure::launch(&programs, &mut table).await
    });
    // What was measured before a failure is still worth reading.
    print!("{table}");
    outcome
}
