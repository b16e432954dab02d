//! The region, put together: address, state, hardware, services, reconcilers, in this order. No logic of its own;
//! what each part does is in the part.

pub mod cleanup;
mod listen;
pub mod machines;
mod report;
mod state_only;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use freehold_core::reconcile::Reconcilers;
use freehold_core::{Clock, DEFAULT_REGION, ManualClock, SystemClock};
use freehold_store::SharedStore;
use freehold_store::sqlite::SqliteStore;
use freehold_wire::server::Server;
use tokio::signal::unix::{SignalKind, signal};

use crate::announce::{self, Message};
use crate::cli;
use crate::data_dir::DataDir;
use crate::local_api::{ClockRoute, HealthRoute, StatusRoute};
use crate::pid_file::Record;
use machines::Hardware;

/// How long a step of a reconciler may take to finish when the region ends; what is cut off is done again later.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT.
pub async fn serve(data: &DataDir, options: &cli::Up) -> Result<()> {
    // From here on a signal ends the region in order, however far it has got.
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;

    let listener = listen::listen(options.listen).await?;
    let listen = listener.local_addr().context("the address of the listener")?;
    let (clock, test_clock) = clock(options.test_clock);
    let store: SharedStore = Arc::new(SqliteStore::open(&data.state(), DEFAULT_REGION)?);
    let hardware = Hardware::choose(data, options).await?;
    say(options, &format!("machines: {}: {}", hardware.name(), hardware.reason));

    let reconcilers = Arc::new(Reconcilers::new(Arc::clone(&clock)));
    let record = Record::of_this_process(listen)?;
    let services: Vec<String> = Vec::new();
    let mut server = Server::builder(DEFAULT_REGION, Arc::new(Nobody), Arc::new(SystemClock))
        .route(Arc::new(HealthRoute { driver: hardware.name().into(), services: services.clone() }))
        .route(Arc::new(StatusRoute {
            gather: report::gatherer(data, &record, &hardware, services, Arc::clone(&clock), Arc::clone(&reconcilers)),
        }));
    if let Some(clock) = test_clock {
        server = server.route(Arc::new(ClockRoute { clock }));
    }
    let server = server.build();

    record.write(&data.pid_file())?;
    say(options, &format!("serving {DEFAULT_REGION} at {} from {}", record.endpoint, data.path().display()));
    if options.announce {
        announce::send(&Message::Ready);
    }
    server
        .serve(listener, async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("ending");
        })
        .await;
    reconcilers.stop(GRACE).await;
    // A next control plane may have written its own by now only if it holds the lock, which this one still does.
    let _ = std::fs::remove_file(data.pid_file());
    Ok(())
}

/// The region's clock, and the same once more where tests may move it.
fn clock(test: bool) -> (Arc<dyn Clock>, Option<Arc<ManualClock>>) {
    if test {
        let clock = Arc::new(ManualClock::running());
        (Arc::clone(&clock) as Arc<dyn Clock>, Some(clock))
    } else {
        (Arc::new(SystemClock), None)
    }
}

/// Tells the log, and the command that waits if there is one.
fn say(options: &cli::Up, text: &str) {
    tracing::info!("{text}");
    if options.announce {
        announce::send(&Message::Note(text.into()));
    }
}

struct Nobody;
impl freehold_wire::server::Authenticator for Nobody {
    fn credentials(&self, _: &str) -> Option<Arc<freehold_wire::server::Credentials>> {
        None
    }
    fn authorise(
        &self,
        _: &freehold_wire::server::Authorisation<'_>,
    ) -> Result<(), freehold_wire::server::Denied> {
        Ok(())
    }
}
