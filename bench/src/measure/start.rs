//! From nothing to the first answer, and the memory that is resident then.

use anyhow::Result;

use crate::Programs;
use crate::load::{median, milliseconds};
use crate::server::{Data, Server};
use crate::table::Table;

const TIMES: usize = 15;

pub async fn start(programs: &Programs, table: &mut Table) -> Result<()> {
    let data = Data::new(&programs.freehold)?;
    // The first start makes the state; a warm start finds it.
    Server::freehold(&programs.freehold, data.path(), "none").await?.end()?;
    let mut starts = Vec::new();
    let mut resident = 0.0;
    for _ in 0..TIMES {
        let server = Server::freehold(&programs.freehold, data.path(), "none").await?;
        starts.push(server.first_answer);
        resident = server.resident_mib()?;
        server.end()?;
    }
    table.add("start to first answer, p50", "freehold", milliseconds(median(starts)), "< 25 ms");
    table.add("resident, nothing running", "freehold", format!("{resident:.1} MiB"), "< 15 MiB");
    if let Some(moto) = &programs.moto {
        let mut starts = Vec::new();
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
