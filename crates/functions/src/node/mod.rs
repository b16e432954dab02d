//! The node: the process that keeps all execution environments of a region. It outlives the control plane, which finds it
//! again by its socket.

mod control;
mod pool;
mod provision;
mod stock;
mod stream;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use freehold_machine::sandbox::{Options as SandboxOptions, Sandboxes};
use tokio::net::UnixListener;

use crate::endpoint::Endpoint;
use crate::layout::Layout;
use crate::logs::Spool;
use crate::revisions::Revisions;
use crate::variables::{ENDPOINT_PORT, RUNTIME_API_PORT};
use pool::Pool;
use stock::Stock;

/// AWS's default size of `/tmp`, which sandboxes are prepared with.
const USUAL_TMP_MIB: u32 = 512;
/// What is under way when the node is told to end may go on for so long.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub struct Options {
    pub data_dir: PathBuf,
    /// The program that makes sandboxes ([`freehold_machine::sandbox::run_forker`]), with its arguments.
    pub forker: (PathBuf, Vec<String>),
    /// Environments that nobody used for so long are ended.
    pub idle: Duration,
    /// Sandboxes that are kept ready for the next cold start.
    pub stock: usize,
    /// Where clients of the host reach the region: addresses that they were told, of queues say, are good inside as well.
    pub port: Option<u16>,
}

impl Options {
    pub fn new(data_dir: PathBuf, forker: (PathBuf, Vec<String>)) -> Self {
        Self { data_dir, forker, idle: Duration::from_secs(600), stock: 4, port: None }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another node serves {0}")]
    Taken(PathBuf),
    #[error("{what}: {source}")]
    Io { what: &'static str, source: std::io::Error },
    #[error(transparent)]
    Machine(#[from] freehold_machine::Error),
}

fn io(what: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Io { what, source }
}

/// Serves until SIGTERM or SIGINT. Needs root.
pub fn run(options: Options) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(io("start"))?;
    let served = runtime.block_on(serve(options));
    runtime.shutdown_timeout(PATIENCE);
    served
}

async fn serve(options: Options) -> Result<(), Error> {
    allow_many_descriptors();
    // What ends the control plane's session is not meant for it. Fails where it leads one already.
    let _ = rustix::process::setsid();
    let layout = Layout::new(&options.data_dir);
    for directory in [layout.root().to_owned(), layout.revisions(), layout.layers()] {
        fs::create_dir_all(&directory).map_err(io("make the directory of functions"))?;
    }
    let lock = crate::launch::take(&layout).map_err(io("lock the directory of functions"))?;
    let _lock = lock.ok_or_else(|| Error::Taken(layout.root().to_owned()))?;
    freehold_machine::sandbox::enter_group(&options.data_dir)?;
    let sandboxes = tokio::task::block_in_place(|| {
        Sandboxes::start(SandboxOptions {
            directory: layout.root().join("sandboxes"),
            data_dir: options.data_dir.clone(),
            forker: options.forker.clone(),
            ports: ports(options.port),
            tmp_mib: USUAL_TMP_MIB,
        })
    })?;
    let spool = Arc::new(Spool::open(layout.spool()).map_err(io("open the spool of logs"))?);
    let socket = layout.socket();
    let pool = Pool::new(pool::Parts {
        stock: Stock::new(sandboxes.clone(), options.stock),
        sandboxes: sandboxes.clone(),
        revisions: Revisions::new(layout),
        spool,
        endpoint: Arc::new(Endpoint::default()),
        idle: options.idle,
    });
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(io("listen"))?;
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o600)).map_err(io("listen"))?;
    tracing::info!(socket = %socket.display(), "the node serves");
    let mut signals = Signals::new().map_err(io("listen to signals"))?;
    tokio::select! {
        () = control::serve(&pool, listener) => {}
        () = signals.next() => {}
    }
    let _ = fs::remove_file(&socket);
    pool.end_all();
    tokio::task::block_in_place(|| sandboxes.remove_all())?;
    Ok(())
}

/// Ports of a sandbox's loopback: of the Runtime API, and by which the region is reached.
fn ports(region: Option<u16>) -> Vec<u16> {
    let own = [RUNTIME_API_PORT, ENDPOINT_PORT];
    own.into_iter().chain(region.filter(|port| !own.contains(port))).collect()
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// As many as the host lets it have: each environment holds about ten.
fn allow_many_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!("the limit of open files: {error}");
    }
}
