//! From nothing to the first answer, and the memory that is resident then.

use std::time::Duration;

use anyhow::Result;

use crate::Programs;
use crate::load::{median, milliseconds};
use crate::server::{Data, Server};
use crate::table::Table;

const TIMES: usize = 15;

pub async fn start(programs: &Programs, table: &mut Table) -> Result<()> {
    warm(programs, "none", table).await?;
    if rustix::process::geteuid().is_root() {
        warm(programs, "container", table).await?;
    }
    if let Some(moto) = &programs.moto {
        let (mut starts, mut resident) = (Vec::new(), 0.0);
        for _ in 0..3 {
            let server = Server::moto(moto).await?;
            starts.push(server.first_answer);
            resident = server.resident_mib()?;
        }
        table.add("start to first answer, p50", "moto", milliseconds(median(starts)), "");
        table.add("resident, nothing running", "moto", format!("{resident:.1} MiB"), "");
    }
    Ok(())
}

/// Starts that find the state, and with machines an image and what the host can do.
async fn warm(programs: &Programs, machines: &str, table: &mut Table) -> Result<()> {
    let data = Data::new(&programs.freehold)?;
    Server::freehold(&programs.freehold, data.path(), machines).await?.end()?;
    let (mut starts, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let server = Server::freehold(&programs.freehold, data.path(), machines).await?;
        starts.push(server.first_answer);
        // Whatever begins with the start has come to rest by then.
        tokio::time::sleep(Duration::from_millis(300)).await;
        resident.push(server.resident_mib()?);
        server.end()?;
    }
    resident.sort_by(f64::total_cmp);
    let most = resident.last().copied().unwrap_or_default();
    table.add(
        &format!("warm start to first answer, {machines}, p50"),
        "freehold",
        milliseconds(median(starts)),
        "< 25 ms",
    );
    table.add(
        &format!("resident, nothing running, {machines}, most"),
        "freehold",
        format!("{most:.1} MiB"),
        "< 15 MiB",
    );
    Ok(())
}
