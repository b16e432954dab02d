//! Seeing for oneself: pages, ports and commands of an instance, from outside.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

/// How long something may take to become so.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(1);

/// The page at `/`, as soon as there is one.
pub async fn page(address: Ipv4Addr) -> Result<String> {
    eventually(&format!("no page at http://{address}/"), || async move {
        let mut stream = TcpStream::connect(SocketAddr::from((address, 80))).await?;
        stream.write_all(format!("GET / HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.contains(" 200 ") => Ok(body.trim().to_owned()),
            _ => bail!("answered {}", answer.lines().next().unwrap_or("nothing")),
        }
    })
    .await
}

/// Waits until nothing connects to the port any more.
pub async fn closed(address: Ipv4Addr, port: u16) -> Result<()> {
    eventually(&format!("port {port} of {address} is still open"), || async move {
        match tokio::time::timeout(ATTEMPT / 2, TcpStream::connect((address, port))).await {
            Ok(Ok(_)) => bail!("it connects"),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    })
    .await
}

/// Runs a command inside over SSH with the stock client, as soon as the server takes the key.
pub async fn ssh(address: Ipv4Addr, key: &Path, command: &str) -> Result<String> {
    eventually(&format!("no SSH at {address}"), || async move {
        let output = Command::new("ssh")
            .arg("-i")
            .arg(key)
            .args(["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=5"])
            .args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"])
            .arg(format!("root@{address}"))
            .arg(command)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("ssh (Debian's package openssh-client) cannot be run")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    })
    .await
}

/// Tries until it succeeds; the last refusal if it never does.
async fn eventually<T, F>(complaint: &str, attempt: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let started = Instant::now();
    loop {
        let tried = match tokio::time::timeout(Duration::from_secs(20), attempt()).await {
            Ok(tried) => tried,
            Err(_) => Err(anyhow::anyhow!("no answer")),
        };
        match tried {
            Ok(value) => return Ok(value),
            Err(error) if started.elapsed() > PATIENCE => {
                return Err(error.context(format!("{complaint} within {} s", PATIENCE.as_secs())));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}
