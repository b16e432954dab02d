//! A worker: one thread with a runtime of its own, its own listening sockets, its own connections and its own idle
//! connections to targets.

mod accept;
mod sockets;

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::access_log::Sink;
use crate::config::Kind;
use crate::cookie::Sealer;
use crate::counters::{NodeCells, PerWorker};
use crate::http::h1::Scratch;
use crate::http::message::RequestHead;
use crate::http::record::{Context, Record};
use crate::http::serve::Peer;
use crate::http::upstream::Pool;
use crate::io::Buffers;
use crate::snapshot::{Published, Snapshot};

/// What workers and the keeper share.
pub struct Shared {
    pub published: Published,
    pub cells: PerWorker<NodeCells>,
    pub sealer: Sealer,
    pub problems: Problems,
    pub log: Sink,
    /// The socket by which the region runs functions; see [`crate::functions::contract`].
    pub functions: PathBuf,
    /// True once the process has been told to end.
    pub stopping: watch::Sender<bool>,
}

/// What workers cannot do, by what it is about; the keeper writes it into the status.
#[derive(Debug, Default)]
pub struct Problems(std::sync::Mutex<std::collections::BTreeMap<String, String>>);

impl Problems {
    /// Remembers the problem, or that there is none any more.
    pub fn set(&self, about: &str, problem: Option<String>) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match problem {
            Some(problem) => all.insert(about.to_owned(), problem),
            None => all.remove(about),
        };
    }

    pub fn list(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.iter().map(|(about, problem)| format!("{about}: {problem}")).collect()
    }
}

/// Storage of requests that are over, kept for others.
const MOST_SCRATCHES: usize = 64;
/// Lines of the access log that wait in a worker at most; they wait for a second at most.
const LOG_BYTES: usize = 64 << 10;

pub struct Worker {
    pub index: usize,
    pub shared: Arc<Shared>,
    pub pool: Pool,
    pub buffers: Buffers,
    view: RefCell<(u64, Rc<View>)>,
    scratches: RefCell<Vec<Scratch>>,
    lines: RefCell<Vec<u8>>,
    /// Requests, streams and flows under way: the worker does not end before they have.
    busy: Cell<usize>,
    date: RefCell<(i64, String)>,
}

/// A worker's own hold on the configuration: requests share it without the other threads noticing.
pub struct View(Arc<Snapshot>);

impl std::ops::Deref for View {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

/// Something that the worker waits for when it ends.
pub struct Busy<'a>(&'a Worker);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Worker {
    fn new(index: usize, shared: Arc<Shared>) -> Worker {
        let view = RefCell::new((shared.published.version(), Rc::new(View(shared.published.get()))));
        Worker {
            index,
            shared,
            pool: Pool::default(),
            buffers: Buffers::default(),
            view,
            scratches: RefCell::default(),
            lines: RefCell::default(),
            busy: Cell::new(0),
            date: RefCell::default(),
        }
    }

    /// The configuration in force.
    pub fn view(&self) -> Rc<View> {
        let version = self.shared.published.version();
        let mut view = self.view.borrow_mut();
        if view.0 != version {
            *view = (version, Rc::new(View(self.shared.published.get())));
        }
        view.1.clone()
    }

    pub fn cells(&self) -> &NodeCells {
        self.shared.cells.of(self.index)
    }

    pub fn busy(&self) -> Busy<'_> {
        self.begin();
        Busy(self)
    }

    /// Something is under way until [`Worker::end`].
    pub fn begin(&self) {
        self.busy.set(self.busy.get() + 1);
    }

    pub fn end(&self) {
        self.busy.set(self.busy.get() - 1);
    }

    pub fn take_scratch(&self) -> Scratch {
        self.scratches.borrow_mut().pop().unwrap_or_default()
    }

    pub fn give_scratch(&self, scratch: Scratch) {
        let mut scratches = self.scratches.borrow_mut();
        if scratches.len() < MOST_SCRATCHES {
            scratches.push(scratch);
        }
    }

    /// Writes the access log's line about a request, if there is an access log.
    pub fn log(&self, view: &Snapshot, peer: &Peer, record: &Record, head: &RequestHead) {
        if view.attributes.access_log.is_none() || view.kind == Kind::Network {
            return;
        }
        let of = Context {
            balancer: &view.name,
            origin: &peer.origin,
            server_name: peer.server_name.as_deref(),
            certificate: peer.certificate.as_deref(),
            connection_id: &peer.id,
            is_classic: view.kind == Kind::Classic,
        };
        self.log_line(record.line(&of, head));
    }

    pub fn log_line(&self, line: String) {
        let mut lines = self.lines.borrow_mut();
        lines.extend_from_slice(line.as_bytes());
        if lines.len() >= LOG_BYTES {
            self.shared.log.write(std::mem::take(&mut *lines));
        }
    }

    fn flush_log(&self) {
        let lines = std::mem::take(&mut *self.lines.borrow_mut());
        if !lines.is_empty() {
            self.shared.log.write(lines);
        }
    }

    pub fn is_stopping(&self) -> bool {
        *self.shared.stopping.borrow()
    }

    /// Now, as HTTP writes it.
    pub fn http_date(&self) -> String {
        let now = crate::http::date::now();
        let mut date = self.date.borrow_mut();
        if date.0 != now {
            *date = (now, crate::http::date::rfc1123(now));
        }
        date.1.clone()
    }
}

/// Runs a worker until it is told to end and has ended what it did, or `patience` is over.
pub fn run(index: usize, shared: Arc<Shared>, patience: Duration) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(31).build()?;
    let set = LocalSet::new();
    let worker = Rc::new(Worker::new(index, shared));
    set.block_on(&runtime, async move {
        tokio::task::spawn_local(house_keeping(worker.clone()));
        accept::serve(worker.clone()).await;
        let end = tokio::time::Instant::now() + patience;
        while worker.busy.get() > 0 && tokio::time::Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        worker.flush_log();
    });
    Ok(())
}

/// Closes connections to targets that nobody has used for a while, or whose target is gone.
async fn house_keeping(worker: Rc<Worker>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        worker.flush_log();
        let view = worker.view();
        worker.pool.sweep(|address| {
            let mut targets = view.groups.values().flat_map(|group| &group.targets);
            targets.any(|target| target.address == address && !target.is_draining)
        });
    }
}
