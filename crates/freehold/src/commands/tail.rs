//! What a log group's streams wrote, in the order of time, and what comes: by FilterLogEvents, as any client would.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use freehold_client::{Client, Refusal};
use freehold_core::DEFAULT_REGION;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::env::credentials;
use super::{block_on, running};
use crate::cli;
use crate::data_dir::DataDir;

/// How far back to begin if nothing is said.
const SINCE: Duration = Duration::from_secs(600);
/// Between two looks for what is new.
const PAUSE: Duration = Duration::from_millis(500);
/// Events of several streams may come later than others that are newer: so much is looked at again.
const OVERLAP_MILLISECONDS: i64 = 10_000;
/// Where functions write.
const FUNCTIONS: &str = "/aws/lambda/";

/// A page of FilterLogEvents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    events: Vec<Event>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_id: String,
    timestamp: i64,
    message: String,
}

pub fn run(data: &DataDir, options: &cli::Logs) -> Result<()> {
    let record = running(data)?;
    let client = Client {
        server: record.endpoint.trim_start_matches("http://").parse()?,
        credentials: credentials(data, Some(&record))?,
        region: DEFAULT_REGION.into(),
    };
    block_on(tail(&client, options))
}

async fn tail(client: &Client, options: &cli::Logs) -> Result<()> {
    let group = group(client, &options.id).await?;
    let ago = i64::try_from(options.since.unwrap_or(SINCE).as_millis()).unwrap_or(i64::MAX);
    let begin = Timestamp::now().as_millisecond().saturating_sub(ago).max(0);
    let mut start = begin;
    // Those that may be seen again, with their times.
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    loop {
        let mut token = None;
        loop {
            let page = page(client, &group, start, options.filter.as_deref(), token).await?;
            let fresh = page.events.iter().filter(|event| !seen.contains_key(&event.event_id));
            if !show(&fresh.map(line).collect::<String>())? {
                return Ok(());
            }
            seen.extend(page.events.into_iter().map(|event| (event.event_id, event.timestamp)));
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        if !options.follow {
            return Ok(());
        }
        let latest = seen.values().max().copied().unwrap_or_default();
        start = (latest - OVERLAP_MILLISECONDS).max(begin);
        seen.retain(|_, at| *at >= start);
        tokio::time::sleep(PAUSE).await;
    }
}

/// The group of this name, or that of the function of this name.
async fn group(client: &Client, name: &str) -> Result<String> {
    let candidates = [name.to_owned(), format!("{FUNCTIONS}{name}")];
    for candidate in &candidates {
        let input = json!({"logGroupName": candidate, "limit": 1});
        match client.json("logs", "Logs_20140328.DescribeLogStreams", &input).await {
            Ok(_) => return Ok(candidate.clone()),
            Err(error) if error.downcast_ref::<Refusal>().is_some_and(is_missing) => {}
            Err(error) => return Err(error),
        }
    }
    bail!("there is no log group {name}, and no function {name} has written anything");
}

/// A name that no group can have is one that none has.
fn is_missing(refusal: &Refusal) -> bool {
    ["ResourceNotFoundException", "InvalidParameterException"].contains(&refusal.code.as_str())
}

async fn page(client: &Client, group: &str, start: i64, filter: Option<&str>, token: Option<String>) -> Result<Page> {
    let mut input = json!({"logGroupName": group, "startTime": start});
    let optional = [("filterPattern", filter), ("nextToken", token.as_deref())];
    for (name, value) in optional.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        input[name] = Value::from(value);
    }
    let answer = client.json("logs", "Logs_20140328.FilterLogEvents", &input).await?;
    serde_json::from_value(answer).context("the answer to FilterLogEvents")
}

/// Prints lines; `false` once nobody reads them any more (`| head`).
fn show(lines: &str) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(lines.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("standard output"),
    }
}

/// The time, and the message as it was put.
fn line(event: &Event) -> String {
    let at = Timestamp::from_millisecond(event.timestamp).unwrap_or_default();
    format!("{} {}\n", at.strftime("%FT%T%.3fZ"), event.message.trim_end())
}
