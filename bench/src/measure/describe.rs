//! DescribeInstances of a thousand instances that exist in state only.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use freehold_client::{Client, Connection, Element};

use crate::Programs;
use crate::load::{median, milliseconds};
use crate::server::{Data, Server};
use crate::table::Table;

const INSTANCES: usize = 1000;
const PER_CALL: usize = 100;

pub async fn describe(programs: &Programs, table: &mut Table) -> Result<()> {
    let data = Data::new(&programs.freehold)?;
    let server = Server::freehold(&programs.freehold, data.path(), "none").await?;
    let image = image(&server.client).await?;
    let count = PER_CALL.to_string();
    for _ in 0..INSTANCES / PER_CALL {
        let asked = [("ImageId", image.as_str()), ("MinCount", &count), ("MaxCount", &count)];
        server.client.ec2("RunInstances", &asked).await?;
    }
    // State only, and still driven from state to state: that is another measurement.
    while count_pending(&server.client).await? > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut times = Vec::new();
    let mut connection = Connection::open(server.client.server).await?;
    for _ in 0..30 {
        let request = server.client.request("ec2", "2016-11-15", "DescribeInstances", &[("MaxResults", "1000")])?;
        let asked = Instant::now();
        let answer = connection.send(request).await?;
        times.push(asked.elapsed());
        let listed = Element::parse(answer.body())?;
        let listed: usize =
            listed.items("reservationSet").iter().map(|reservation| reservation.items("instancesSet").len()).sum();
        ensure!(listed == INSTANCES, "{listed} of {INSTANCES} instances were listed");
    }
    table.add("DescribeInstances of 1,000, p50", "freehold", milliseconds(median(times)), "< 30 ms");
    server.end()
}

async fn count_pending(client: &Client) -> Result<usize> {
    let asked = [("MaxResults", "1000"), ("Filter.1.Name", "instance-state-name"), ("Filter.1.Value.1", "pending")];
    Ok(client.ec2("DescribeInstances", &asked).await?.items("reservationSet").len())
}

/// Freehold's smallest image.
pub async fn image(client: &Client) -> Result<String> {
    let asked = [("Owner.1", "amazon"), ("Filter.1.Name", "name"), ("Filter.1.Value.1", "freehold-minimal-*")];
    let answer = client.ec2("DescribeImages", &asked).await?;
    Ok(answer.value("imageId").context("no image named freehold-minimal-*")?.to_owned())
}
