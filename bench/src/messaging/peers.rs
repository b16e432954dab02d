//! The servers under measurement: Freehold, a bare hyper server, and the peers of `bench/messaging/peers.toml`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::api::{Api, Dialect};
use super::load::answers;
use crate::process::Tree;

/// `peers.toml`
#[derive(Debug, Deserialize)]
pub struct List {
    pub peer: Vec<Peer>,
    #[serde(default)]
    pub absent: Vec<Absent>,
}

/// A peer that some registry carries.
#[derive(Debug, Clone, Deserialize)]
pub struct Peer {
    pub name: String,
    pub registry: String,
    pub packages: Vec<String>,
    run: Vec<String>,
    /// Where it runs.
    #[serde(default = "scratch")]
    directory: String,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Written into the scratch directory before the start.
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    pub dialect: Dialect,
    /// Seconds of load before the first one that counts.
    #[serde(default)]
    pub warm: u64,
    /// Whether it has SNS too.
    #[serde(default = "yes")]
    pub topics: bool,
}

/// A peer that is not measured, and why.
#[derive(Debug, Deserialize)]
pub struct Absent {
    pub name: String,
    pub why: String,
}

fn yes() -> bool {
    true
}

fn scratch() -> String {
    "{scratch}".into()
}

impl List {
    pub fn read() -> Result<Self> {
        let path = here().join("peers.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not understood", path.display()))
    }
}

/// `bench/messaging`
fn here() -> PathBuf {
    repository().join("bench/messaging")
}

/// Where `bench/messaging/setup` installs.
fn installed() -> PathBuf {
    repository().join(".venv/peers")
}

fn repository() -> &'static Path {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
    bench.parent().unwrap_or(bench)
}

impl Peer {
    /// Why it cannot be measured, if it cannot.
    pub fn missing(&self) -> Option<String> {
        if installed().join(format!("{}.installed", self.name)).exists() {
            return None;
        }
        let why = std::fs::read_to_string(installed().join(format!("{}.failed", self.name)));
        Some(why.unwrap_or_else(|_| "not installed; bench/messaging/setup does it".into()))
    }

    pub async fn start(&self) -> Result<Running> {
        let address = free_address()?;
        let scratch = tempfile::Builder::new().prefix("freehold-bench-").tempdir()?;
        let fill = |text: &str| {
            text.replace("{dir}", &installed().join(&self.name).to_string_lossy())
                .replace("{node}", &installed().join("node/node").to_string_lossy())
                .replace("{here}", &here().to_string_lossy())
                .replace("{scratch}", &scratch.path().to_string_lossy())
                .replace("{port}", &address.port().to_string())
        };
        for (name, text) in &self.files {
            std::fs::write(scratch.path().join(name), fill(text))?;
        }
        let (program, arguments) = self.run.split_first().context("a peer without a command")?;
        let mut command = Command::new(fill(program));
        command.args(arguments.iter().map(|argument| fill(argument))).current_dir(fill(&self.directory));
        command.envs(self.environment.iter().map(|(name, value)| (name, fill(value))));
        let mut running = Running::start(command, address, self.dialect).await?;
        running.scratch = Some(scratch);
        Ok(running)
    }
}

/// A server that runs. Ended when dropped.
pub struct Running {
    pub api: Rc<Api>,
    pub tree: Tree,
    /// From the start of the process to the answer of its first signed call.
    pub first_answer: Duration,
    child: Process,
    /// The peer's working directory, which ends with it.
    scratch: Option<tempfile::TempDir>,
}

struct Process(Child);

impl Running {
    async fn start(mut command: Command, address: SocketAddr, dialect: Dialect) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = Process(child.with_context(|| format!("{name} cannot be run"))?);
        let (api, tree) = (Rc::new(Api::new(address, dialect)), Tree::of(child.0.id()));
        let mut running = Self { api, tree, first_answer: Duration::ZERO, child, scratch: None };
        loop {
            // A server that accepts and does not answer is still starting.
            let error = match tokio::time::timeout(Duration::from_secs(20), answers(&running.api)).await {
                Ok(Ok(())) => break,
                Ok(Err(error)) => error,
                Err(_) => anyhow::anyhow!("no answer within 20 s"),
            };
            if let Some(status) = running.child.0.try_wait()? {
                bail!("{name} ended with {status}");
            }
            if started.elapsed() > Duration::from_secs(60) {
                bail!("{name} does not answer about queues after a minute: {error:#}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        running.first_answer = started.elapsed();
        Ok(running)
    }

    /// `freehold up` on that data directory, durable as it always is.
    pub async fn freehold(program: &Path, data: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        command.arg("up").arg("--data-dir").arg(data).args(["--machines", "none", "--listen", &address.to_string()]);
        command.env("FREEHOLD_LOG", "error");
        Self::start(command, address, Dialect::Json).await
    }

    /// The least that a server can do: see `crate::bare`.
    pub async fn bare() -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--bare", &address.to_string()]);
        Self::start(command, address, Dialect::Json).await
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) -> Result<()> {
        self.child.0.kill()?;
        self.child.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.tree.end(Duration::from_secs(5));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that nobody listened on a moment ago.
fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
