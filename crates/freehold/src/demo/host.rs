//! The region that the demo walks through: the one that runs, or one of its own in a temporary directory.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::screen::Screen;
use crate::cli::Machines;
use crate::data_dir::DataDir;
use crate::pid_file::Record;
use crate::status::Status;
use crate::terminal::note;

pub struct Host {
    pub data: DataDir,
    pub record: Record,
    pub status: Status,
    /// Set if the demo started the region.
    own: Option<TempDir>,
}

impl Host {
    pub async fn find_or_start(data: DataDir, machines: Machines, screen: &Screen) -> Result<Self> {
        if let Some(record) = Record::of_running(&data.pid_file()) {
            let text = format!("the region at {} is running already; the demo uses it", record.endpoint);
            screen.say(&text);
            return Self::ask(data, record, None).await;
        }
        let directory = tempfile::Builder::new().prefix("freehold-demo-").tempdir().context("a temporary directory")?;
        let data = DataDir::new(Some(directory.path().into()))?;
        let machines =
            clap::ValueEnum::to_possible_value(&machines).map_or_else(String::new, |it| it.get_name().into());
        let by_hand = format!("freehold up --detach --machines {machines}");
        // The child shows its own progress (the first start builds an image), so no spinner may write over it.
        screen.heading("Start a region", &by_hand);
        let timer = screen.timer();
        if !freehold(&data, &["up", "--detach", "--listen", "127.0.0.1:0", "--machines", &machines])? {
            bail!("the demo's region did not start");
        }
        let record = Record::of_running(&data.pid_file()).context("the demo's region ended again")?;
        timer.succeeded(&record.endpoint);
        match Self::ask(data.clone(), record, Some(directory)).await {
            Ok(host) => Ok(host),
            Err(error) => {
                freehold(&data, &["down", "--machines"])?;
                Err(error)
            }
        }
    }

    async fn ask(data: DataDir, record: Record, own: Option<TempDir>) -> Result<Self> {
        let server = record.endpoint.trim_start_matches("http://").parse()?;
        let status = freehold_client::get_json(server, "/_freehold/status").await?;
        Ok(Self { data, record, status, own })
    }

    /// Whether instances can be reached over the network.
    pub fn has_machines(&self) -> bool {
        self.status.machines.driver != "none"
    }

    /// Ends the region if the demo started it.
    pub fn end(self) -> Result<()> {
        let Some(directory) = self.own else { return Ok(()) };
        if !freehold(&self.data, &["down", "--machines"])? {
            let kept = directory.keep();
            bail!("the demo's region could not be ended; its data is in {}", kept.display());
        }
        directory.close().context("the demo's temporary directory")
    }

    /// Leaves the region running, and says how to go on with it.
    pub fn keep(self) -> Result<()> {
        if let Some(directory) = self.own {
            let path = directory.keep();
            note(&format!("the region goes on: eval \"$(freehold env --data-dir {})\"", path.display()));
            note(&format!("to end it: freehold down --machines --data-dir {0} && rm -r {0}", path.display()));
        }
        Ok(())
    }
}

/// Runs another command of this program on a data directory; whether it succeeded. It speaks for itself.
fn freehold(data: &DataDir, arguments: &[&str]) -> Result<bool> {
    let program = std::env::current_exe().context("the path of this program")?;
    let status = Command::new(program)
        .arg("--data-dir")
        .arg(data.path())
        .args(arguments)
        .env_remove("FREEHOLD_LISTEN")
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("freehold {}", arguments.join(" ")))?;
    Ok(status.success())
}
