//! A fleet: servers from a launch template in an Auto Scaling group behind a load balancer, with visitors who see whether
//! the page ever fails while a server is killed, while load makes the group grow, and while it shrinks again.

mod build;
mod made;
mod pressure;
mod traffic;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freehold_client::Client;
use rustix::process::{Pid, Signal, kill_process};

use super::host::Host;
use super::screen::Screen;
use super::{removed_after, told_to_end};
use crate::region::cleanup;
use crate::terminal::note;
use made::Made;
use pressure::Pressure;
use traffic::Traffic;

/// Requests a second when nothing is the matter, and when there is a rush.
const CALM: u64 = 40;
const RUSH: u64 = 200;
/// How long it may take until visitors have met all servers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes the tour, and removes what it made unless that is to be kept.
pub async fn take(client: Client, host: &Host, keep: bool, screen: &Screen) -> Result<()> {
    let mut made = Made::new(client);
    let toured = tokio::select! {
        toured = walk(&mut made, host, screen) => toured,
        () = told_to_end() => Err(anyhow::anyhow!("interrupted")),
    };
    if keep {
        note(&format!("kept: everything named {}", made.name));
        return toured;
    }
    removed_after(toured, clean_up(&mut made, screen).await)
}

async fn walk(made: &mut Made, host: &Host, screen: &Screen) -> Result<()> {
    let place = build::place(made, screen).await?;
    build::groups(made, &place, screen).await?;
    build::template(made, &place, screen).await?;
    let name = build::balancer(made, &place, screen).await?;
    build::fleet(made, &place, screen).await?;
    let traffic = visit(&name, screen).await?;
    kill(made, host, &traffic, screen).await?;
    let pressure = Pressure::start(made, &traffic, screen).await?;
    grow(made, &traffic, screen).await?;
    shrink(made, &traffic, screen).await?;
    drop(pressure);
    tell(&traffic, screen);
    Ok(())
}

async fn visit(name: &str, screen: &Screen) -> Result<Traffic> {
    let title = "Send visitors, and watch from here on whether the page ever fails";
    screen
        .step(title, &format!("curl http://{name}/"), async {
            let mut found =
                tokio::net::lookup_host((name, 80)).await.with_context(|| format!("no address of {name}"))?;
            let balancer: SocketAddr = found.next().with_context(|| format!("no address of {name}"))?;
            let page = traffic::page(balancer, name).await?;
            let traffic = Traffic::start(balancer, name, CALM);
            let started = Instant::now();
            while traffic.servers() < 2 {
                if started.elapsed() > PATIENCE {
                    bail!("after {} s only {} of two servers answer", PATIENCE.as_secs(), traffic.servers());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok((traffic, format!("{page}\n{CALM} requests a second, answered by both servers")))
        })
        .await
}

/// Pulls the cord of one server, from outside.
async fn kill(made: &Made, host: &Host, traffic: &Traffic, screen: &Screen) -> Result<()> {
    let serving = made.serving().await?;
    let victim = serving.first().context("no server serves")?.clone();
    let process = cleanup::process(&host.data, &victim).await?;
    let process = process.with_context(|| format!("{victim} has no process"))?;
    let seen = || traffic.line();
    let title = "Kill one server from outside, and wait for its replacement";
    screen
        .watched(title, &format!("kill -9 {process}   # {victim}"), &seen, async {
            let started = Instant::now();
            let pid = i32::try_from(process).ok().and_then(Pid::from_raw).context("a process id")?;
            kill_process(pid, Signal::KILL).with_context(|| format!("process {process} cannot be killed"))?;
            let is_replaced = |now: &[String]| now.len() >= 2 && !now.contains(&victim);
            let now = made.until_serving("the replacement of the dead server", is_replaced).await?;
            let fresh = now.iter().find(|id| !serving.contains(id)).cloned().unwrap_or_default();
            let took = started.elapsed().as_secs_f64();
            Ok(((), format!("{fresh} took the place of {victim} after {took:.1} s\n{}", traffic.line())))
        })
        .await
}

async fn grow(made: &Made, traffic: &Traffic, screen: &Screen) -> Result<()> {
    traffic.set_rate(RUSH);
    let seen = || traffic.line();
    let by_hand = format!("aws autoscaling describe-scaling-activities --auto-scaling-group-name {}", made.name);
    screen
        .watched("Send a rush of visitors, and see the group grow", &by_hand, &seen, async {
            let now = made.until_serving("a third server", |now| now.len() >= 3).await?;
            Ok(((), format!("{} servers serve\n{}", now.len(), traffic.line())))
        })
        .await
}

async fn shrink(made: &Made, traffic: &Traffic, screen: &Screen) -> Result<()> {
    traffic.set_rate(CALM);
    let seen = || traffic.line();
    let by_hand = format!("aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names {}", made.name);
    screen
        .watched("The rush is over: see the group shrink", &by_hand, &seen, async {
            let now = made.until_serving("two servers again", |now| now.len() == 2).await?;
            Ok(((), format!("{} servers serve\n{}", now.len(), traffic.line())))
        })
        .await
}

fn tell(traffic: &Traffic, screen: &Screen) {
    let (answered, failed) = (traffic.answered(), traffic.failed());
    screen.say(&format!(
        "\nVisitors: {} requests from first to last, {answered} answered by {} servers, {failed} not.",
        answered + failed,
        traffic.servers()
    ));
    if let Some(complaint) = traffic.complaint() {
        screen.say(&format!("The first who was not: {complaint}"));
    }
}

/// Removes what was made, whatever that is by now.
async fn clean_up(made: &mut Made, screen: &Screen) -> Result<()> {
    if made.has_fleet {
        let name = made.name.clone();
        let by_hand =
            format!("aws autoscaling delete-auto-scaling-group --auto-scaling-group-name {name} --force-delete");
        let ended = async { made.end_fleet().await.map(|()| ((), "no server is left".to_owned())) };
        screen.step("End the servers", &by_hand, ended).await?;
    }
    if made.groups.is_empty() {
        return Ok(());
    }
    let by_hand = match &made.balancer {
        Some(balancer) => format!("aws elbv2 delete-load-balancer --load-balancer-arn {balancer}"),
        None => format!("aws ec2 delete-security-group --group-name {}-servers", made.name),
    };
    let removed = async { made.remove_rest().await.map(|()| ((), "nothing is left".to_owned())) };
    screen.step("Remove the balancer and the rest", &by_hand, removed).await
}
