//! The region, put together: address, state, hardware, services, reconcilers, in this order. No logic of its own;
//! what each part does is in the part.

mod balancers;
pub mod capacity;
pub mod cleanup;
mod functions;
mod guests;
mod listen;
pub mod machines;
mod overview;
mod prices;
mod public_images;
mod report;
mod roles;
mod root_key;
mod services;
mod tls;

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context, Result};
use freehold_console::Console;
use freehold_core::{Clock, DEFAULT_REGION, ManualClock, SystemClock};
use freehold_iam::Development;
use freehold_monitoring::SeriesStore;
use freehold_queues::Queues;
use freehold_store::SharedStore;
use freehold_store::messages::SqliteJournal;
use freehold_store::sqlite::SqliteStore;
use freehold_wire::server::Server;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::announce::{self, Message};
use crate::cli;
use crate::data_dir::DataDir;
use crate::local_api::{BillRoute, ClockRoute, ConsoleRoute, HealthRoute, OutboxRoute, SpotRoute, StatusRoute};
use crate::pid_file::Record;
use guests::{GuestKeys, Guests};
use machines::Hardware;
pub use report::Report;
use services::Services;
use tls::RegionIdentity;

/// Serves until SIGTERM or SIGINT.
pub async fn serve(data: &DataDir, options: &cli::Up) -> Result<()> {
    // From here on a signal ends the region in order, however far it has got.
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;

    let listener = listen::listen(options.listen).await?;
    let listen = listener.local_addr().context("the address of the listener")?;
    // The port, if any was asked for, is one by now.
    let options = &cli::Up { listen, ..options.clone() };
    let development = if listen.ip().is_loopback() { Development::Accepted } else { Development::Refused };
    let (clock, test_clock) = clock(options.test_clock);
    let state = Arc::new(SqliteStore::open(&data.state(), DEFAULT_REGION)?);
    let store: SharedStore = Arc::clone(&state) as _;
    let queues = Queues::open(SqliteJournal::open(&data.state())?, Arc::clone(&clock))?;
    let series = SeriesStore::open(&data.state())?;
    let hardware = Hardware::choose(data, options).await?;
    say(options, &format!("machines: {}: {}", hardware.name(), hardware.reason));
    let services =
        Services::start(Arc::clone(&store), queues, series, Arc::clone(&clock), data, &hardware, options, development)?;
    root_key::publish(&services.iam, data).await?;
    let identity = RegionIdentity::prepare(data, listen).context("the certificates of the region's address")?;
    let identity = Arc::new(identity);

    let record = Record::of_this_process(listen)?;
    let names: Vec<String> = services.endpoint.iter().map(|service| service.model.id.to_owned()).collect();
    let report = Report::new(data, &record, &hardware, names.clone(), store, Arc::clone(&services.reconcilers));
    let report = Arc::new(report);
    let console = Console::new(Arc::clone(&services.ledger), Arc::clone(&report) as _);
    // Clients sign by their own clocks, so signatures are judged by the machine's even where tests move the region's.
    let mut server = Server::builder(DEFAULT_REGION, Arc::clone(&services.iam) as _, Arc::new(SystemClock))
        .tls(Arc::clone(&identity) as _)
        .route(Arc::new(HealthRoute { driver: hardware.name().into(), services: names }))
        .route(Arc::new(StatusRoute { report }))
        .route(Arc::new(OutboxRoute { sns: Arc::clone(&services.sns) }))
        .route(Arc::new(SpotRoute { ec2: Arc::clone(&services.ec2) }))
        .route(Arc::new(ConsoleRoute(console)))
        .route(Arc::new(BillRoute { ledger: Arc::clone(&services.ledger) }));
    server = services.mount(server);
    let guests = Server::builder(DEFAULT_REGION, Arc::new(GuestKeys(Arc::clone(&services.iam))), Arc::new(SystemClock))
        .tls(identity);
    let guests = services.mount(guests).build();
    hardware.network.serve_endpoint(Arc::new(Guests(guests.clone())));
    // Functions are guests as well: their node hands connections on to an address where development credentials mean
    // nothing. It is another one each time, and the node is told.
    let inner = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("an address for functions to call")?;
    services.lambda.set_endpoint(inner.local_addr().context("an address for functions to call")?);
    tokio::spawn(async move { guests.serve(inner, std::future::pending()).await });
    if let Some(clock) = test_clock {
        server = server.route(Arc::new(ClockRoute {
            clock,
            queues: Arc::clone(&services.queues),
            reconcilers: Arc::clone(&services.reconcilers),
        }));
    }

    record.write(&data.pid_file())?;
    say(options, &format!("serving {DEFAULT_REGION} at {} from {}", record.endpoint, data.path().display()));
    say(options, &format!("the console is at {}{}", record.endpoint, freehold_console::PATH));
    if options.announce {
        announce::send(&Message::Ready);
    }
    let told_to_end = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
    };
    server.build().serve(listener, told_to_end).await;
    services.stop().await;
    // Balancers go on serving; their names come back with the next control plane.
    if hardware.hosts.is_some()
        && let Err(error) = cleanup::forget_names(data)
    {
        tracing::warn!("{error:#}");
    }
    services.queues.close();
    services.logs.close();
    services.cloudwatch.close();
    state.close();
    // Nobody else has written one meanwhile: this process still holds the directory's lock.
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
