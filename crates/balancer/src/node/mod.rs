//! A node: the process. The main thread is the keeper; workers are threads of their own.

mod keeper;
mod report;
mod watch;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch::Sender;
use tokio::task::LocalSet;

use self::keeper::Keeper;
use crate::access_log::Sink;
use crate::cookie::Sealer;
use crate::counters::PerWorker;
use crate::functions::contract;
use crate::snapshot::Published;
use crate::worker::{self, Problems, Shared};

/// What is under way when the node is told to end may go on for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves what `config.json` in `directory` says, until SIGTERM or SIGINT; a second one ends at once. Fails if there is no
/// configuration that can be read.
pub fn run(directory: &Path, workers: usize) -> io::Result<()> {
    allow_many_descriptors();
    let workers = workers.max(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (log, log_thread) = Sink::start()?;
    let (mut keeper, first) = Keeper::new(directory, workers)?;
    let shared = Arc::new(Shared {
        published: Published::new(Arc::new(first)),
        cells: PerWorker::new(workers),
        sealer: Sealer::of_node(directory)?,
        problems: Problems::default(),
        log,
        functions: directory.join(contract::SOCKET),
        stopping: Sender::new(false),
    });
    let threads = (0..workers).map(|index| {
        let shared = shared.clone();
        let work = move || worker::run(index, shared, PATIENCE);
        std::thread::Builder::new().name(format!("worker-{index}")).spawn(work)
    });
    let threads = threads.collect::<io::Result<Vec<_>>>()?;
    LocalSet::new().block_on(&runtime, async {
        let mut signals = Signals::new()?;
        tokio::select! {
            () = keeper.keep(&shared) => {}
            () = signals.next() => {}
        }
        shared.stopping.send_replace(true);
        let ended = async {
            while threads.iter().any(|thread| !thread.is_finished()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            () = ended => {}
            () = signals.next() => {}
        }
        keeper.report(&shared);
        io::Result::Ok(())
    })?;
    shared.log.end();
    // A panic there has been written to standard error.
    let _ = log_thread.join();
    Ok(())
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// As many as the host lets it have.
fn allow_many_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!("the limit of open files: {error}");
    }
}
