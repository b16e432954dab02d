//! Load in a closed loop: each worker has one connection and sends its next request when the last one is answered.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use freehold_client::{Client, Connection};

/// What a load came to.
pub struct Outcome {
    pub requests: u64,
    pub took: Duration,
}

/// Signed DescribeRegions on `connections` connections for `time`. Every answer must be a success.
pub async fn describe_regions(client: &Client, connections: usize, time: Duration) -> Result<Outcome> {
    let started = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(client.server).await?;
                let mut requests = 0;
                while started.elapsed() < time {
                    let request = client.request("ec2", "2016-11-15", "DescribeRegions", &[])?;
                    // Servers may close a connection between two requests; moto's does.
                    let answer = match connection.send(request.clone()).await {
                        Ok(answer) => answer,
                        Err(_) => {
                            connection = Connection::open(client.server).await?;
                            connection.send(request).await?
                        }
                    };
                    if !answer.status().is_success() {
                        bail!("{} answered {}", client.server, answer.status());
                    }
                    requests += 1;
                }
                Ok(requests)
            })
        })
        .collect();
    let mut requests = 0;
    for worker in workers {
        requests += worker.await??;
    }
    Ok(Outcome { requests, took: started.elapsed() })
}

/// The middle of the durations.
pub fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations.get(durations.len() / 2).copied().unwrap_or_default()
}

/// `12.3 ms`
pub fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
