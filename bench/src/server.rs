//! A server under measurement: a child process, what it costs, and its end.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freehold_client::{Client, Connection, Credentials};

use crate::process::Tree;

/// A running server. Killed when dropped.
pub struct Server {
    pub client: Client,
    /// From the start of the process to the answer of its first signed call.
    pub first_answer: Duration,
    child: Child,
}

impl Server {
    /// Starts `command`, which will listen on `address`, and waits for its first answer.
    pub async fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.with_context(|| format!("{} cannot be run", command.get_program().to_string_lossy()))?;
        let credentials = Credentials { access_key_id: "test".into(), secret_access_key: "test".into() };
        let client = Client { server: address, credentials, region: "us-east-1".into() };
        let mut server = Self { client, first_answer: Duration::ZERO, child };
        while server.ask_once().await.is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("{} ended with {status}", command.get_program().to_string_lossy());
            }
            if started.elapsed() > Duration::from_secs(120) {
                bail!("{} does not answer", command.get_program().to_string_lossy());
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        server.first_answer = started.elapsed();
        Ok(server)
    }

    async fn ask_once(&self) -> Result<()> {
        let request = self.client.request("ec2", "2016-11-15", "DescribeRegions", &[])?;
        let answer = Connection::open(self.client.server).await?.send(request).await?;
        if answer.status().is_success() { Ok(()) } else { bail!("{}", answer.status()) }
    }

    pub async fn freehold(program: &Path, data: &Path, machines: &str) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        command.arg("up").arg("--data-dir").arg(data).args(["--machines", machines, "--listen", &address.to_string()]);
        command.env("FREEHOLD_LOG", "error");
        Self::start(command, address).await
    }

    pub async fn moto(program: &Path) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &address.port().to_string()]);
        Self::start(command, address).await
    }

    pub async fn bare() -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--bare", &address.to_string()]);
        Self::start(command, address).await
    }

    /// Memory that is resident, in MiB.
    pub fn resident_mib(&self) -> Result<f64> {
        Tree::of(self.child.id()).resident_mib()
    }

    /// Processor time that was used so far.
    pub fn cpu(&self) -> Result<Duration> {
        Tree::of(self.child.id()).cpu()
    }

    /// Asks the process to end and waits for it.
    pub fn end(mut self) -> Result<()> {
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id() as i32) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listened on a moment ago.
fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A data directory that ends with what was made from it.
pub struct Data {
    pub directory: tempfile::TempDir,
    freehold: PathBuf,
}

impl Data {
    pub fn new(freehold: &Path) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("freehold-bench-").tempdir()?;
        Ok(Self { directory, freehold: freehold.into() })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let mut command = Command::new(&self.freehold);
        command.args(["down", "--machines", "--data-dir"]).arg(self.directory.path()).stderr(Stdio::null());
        let _ = command.status();
    }
}
