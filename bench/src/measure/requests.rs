//! What a signed DescribeRegions costs at 32 connections: rate, and processor time of the server for each.

use std::time::Duration;

use anyhow::Result;

use crate::Programs;
use crate::load::describe_regions;
use crate::server::{Data, Server};
use crate::table::Table;

const CONNECTIONS: usize = 32;
const WHAT: &str = "signed DescribeRegions, 32 connections";

pub async fn requests(programs: &Programs, table: &mut Table) -> Result<()> {
    let bare = Server::bare().await?;
    one(&bare, "bare hyper", Duration::from_secs(5), "", table).await?;
    drop(bare);
    let data = Data::new(&programs.freehold)?;
    let freehold = Server::freehold(&programs.freehold, data.path(), "none").await?;
    one(&freehold, "freehold", Duration::from_secs(5), "< 25 us of server CPU", table).await?;
    let resident = freehold.resident_mib()?;
    table.add("resident, after that load", "freehold", format!("{resident:.1} MiB"), "");
    freehold.end()?;
    if let Some(moto) = &programs.moto {
        let moto = Server::moto(moto).await?;
        one(&moto, "moto", Duration::from_secs(10), "", table).await?;
    }
    Ok(())
}

async fn one(server: &Server, whom: &str, time: Duration, goal: &str, table: &mut Table) -> Result<()> {
    // Not counted: connections, caches and, in moto, the account are made by the first calls.
    describe_regions(&server.client, CONNECTIONS, time / 5).await?;
    let before = server.cpu()?;
    let outcome = describe_regions(&server.client, CONNECTIONS, time).await?;
    let cpu = (server.cpu()? - before).as_secs_f64() * 1e6 / outcome.requests as f64;
    let rate = outcome.requests as f64 / outcome.took.as_secs_f64();
    table.add(WHAT, whom, format!("{cpu:.1} us of server CPU, {rate:.0} a second"), goal);
    Ok(())
}
