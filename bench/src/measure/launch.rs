//! Launches of real machines (containers): from the call to the end of the user data, and fifty at once.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freehold_client::{Client, Element};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::describe::image;
use crate::Programs;
use crate::load::{median, milliseconds};
use crate::server::{Data, Server};
use crate::table::Table;

const TIMES: usize = 15;
const AT_ONCE: usize = 50;

/// The last thing that it does can be seen from outside: it serves a page with this word.
fn user_data(word: &str) -> String {
    let serve = "busybox mkdir -p /tmp/page; cd /tmp/page";
    STANDARD.encode(format!("#!/bin/sh\n{serve}; echo {word} > index.html; busybox httpd -p 80\n"))
}

pub async fn launch(programs: &Programs, table: &mut Table) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        table.add("launches", "freehold", "not measured: machines need root", "");
        return Ok(());
    }
    let data = Data::new(&programs.freehold)?;
    let server = Server::freehold(&programs.freehold, data.path(), "container").await?;
    let image = image(&server.client).await?;
    open_port(&server.client).await?;
    one_by_one(&server.client, &image, table).await?;
    at_once(&server.client, &image, table).await?;
    server.end()
}

async fn open_port(client: &Client) -> Result<()> {
    let rule = [
        ("GroupName", "default"),
        ("IpPermissions.1.IpProtocol", "tcp"),
        ("IpPermissions.1.FromPort", "80"),
        ("IpPermissions.1.ToPort", "80"),
        ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
    ];
    client.ec2("AuthorizeSecurityGroupIngress", &rule).await.map(drop)
}

async fn one_by_one(client: &Client, image: &str, table: &mut Table) -> Result<()> {
    let (mut answers, mut finished) = (Vec::new(), Vec::new());
    for number in 0..TIMES {
        let word = format!("finished-{}-{number}", std::process::id());
        let asked = Instant::now();
        let id = run(client, image, 1, &user_data(&word)).await?.remove(0);
        answers.push(asked.elapsed());
        let address = public_address(client, &id).await?;
        while !serves(address, &word).await {
            if asked.elapsed() > Duration::from_secs(60) {
                bail!("the user data of {id} has not finished after a minute");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        finished.push(asked.elapsed());
        terminate(client, &[id]).await?;
    }
    table.add("RunInstances answered, p50", "freehold", milliseconds(median(answers)), "< 10 ms");
    table.add("RunInstances to user data finished, p50", "freehold", milliseconds(median(finished)), "< 500 ms");
    Ok(())
}

/// Whether the page with `word` is there. A connection alone proves nothing: before the machine has its address, the
/// way there may lead through a proxy that accepts whatever comes.
async fn serves(address: Ipv4Addr, word: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(SocketAddr::from((address, 80))).await?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
        let mut answer = String::new();
        stream.take(4096).read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    match tokio::time::timeout(Duration::from_millis(200), ask).await {
        Ok(Ok(answer)) => answer.contains(word),
        _ => false,
    }
}

/// Fifty calls of one instance each, all at the same time.
async fn at_once(client: &Client, image: &str, table: &mut Table) -> Result<()> {
    let started = Instant::now();
    let calls: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (client, image) = (client.clone(), image.to_owned());
            tokio::spawn(async move { run(&client, &image, 1, "").await })
        })
        .collect();
    let mut ids = Vec::new();
    for call in calls {
        ids.extend(call.await??);
    }
    until(client, &ids, "running").await?;
    table.add("50 launched at once, all running", "freehold", milliseconds(started.elapsed()), "< 20 s");
    terminate(client, &ids).await
}

async fn run(client: &Client, image: &str, count: usize, user_data: &str) -> Result<Vec<String>> {
    let count = count.to_string();
    let mut asked = vec![("ImageId", image), ("InstanceType", "t3.nano"), ("MinCount", &count), ("MaxCount", &count)];
    if !user_data.is_empty() {
        asked.push(("UserData", user_data));
    }
    let answer = client.ec2("RunInstances", &asked).await?;
    answer.items("instancesSet").iter().map(|one| one.value("instanceId").map(str::to_owned)).collect()
}

async fn describe(client: &Client, ids: &[String]) -> Result<Vec<Element>> {
    let names: Vec<String> = (1..=ids.len()).map(|number| format!("InstanceId.{number}")).collect();
    let asked: Vec<_> = names.iter().zip(ids).map(|(name, id)| (name.as_str(), id.as_str())).collect();
    let answer = client.ec2("DescribeInstances", &asked).await?;
    let reservations = answer.items("reservationSet").iter();
    Ok(reservations.flat_map(|reservation| reservation.items("instancesSet").to_vec()).collect())
}

async fn public_address(client: &Client, id: &str) -> Result<Ipv4Addr> {
    let ids = [id.to_owned()];
    let instances = describe(client, &ids).await?;
    let instance = instances.first().context("the instance is not listed")?;
    instance.value("ipAddress")?.parse().context("a public address")
}

async fn until(client: &Client, ids: &[String], state: &str) -> Result<()> {
    let started = Instant::now();
    loop {
        let mut states = Vec::new();
        for instance in describe(client, ids).await? {
            states.push(instance.find("instanceState").context("no state")?.value("name")?.to_owned());
        }
        if states.iter().all(|now| now == state) {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(120) {
            bail!("not all are {state} after two minutes: {states:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn terminate(client: &Client, ids: &[String]) -> Result<()> {
    let names: Vec<String> = (1..=ids.len()).map(|number| format!("InstanceId.{number}")).collect();
    let asked: Vec<_> = names.iter().zip(ids).map(|(name, id)| (name.as_str(), id.as_str())).collect();
    client.ec2("TerminateInstances", &asked).await?;
    until(client, ids, "terminated").await
}
