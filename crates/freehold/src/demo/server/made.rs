//! What the tour made in the region so far: enough to remove all of it at any moment. Each name is noted before the
//! call that makes it, so that an interrupted call leaves nothing behind either.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freehold_client::{Client, Element};
use tempfile::TempDir;

use crate::demo::region::gone;

/// Name of the key pair and the security group.
pub const NAME: &str = "freehold-demo";

/// How long an instance may take to get to a state.
const PATIENCE: Duration = Duration::from_secs(180);

pub struct Made {
    pub client: Client,
    /// Distinguishes this run's names from those of another that runs at the same time.
    pub name: String,
    pub instance: Option<String>,
    pub group: Option<String>,
    pub key_pair: bool,
    /// Holds the private key.
    folder: TempDir,
}

impl Made {
    pub fn new(client: Client) -> Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("freehold-demo-key-").tempdir().context("a temporary directory")?;
        let name = format!("{NAME}-{}", std::process::id());
        Ok(Self { client, name, instance: None, group: None, key_pair: false, folder })
    }

    /// Calls EC2.
    pub async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Element> {
        self.client.ec2(action, parameters).await.with_context(|| action.to_owned())
    }

    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Stores the private key for its owner's eyes only, as `ssh` insists on.
    pub fn write_key(&self, material: &str) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(self.key_file())?;
        file.write_all(material.trim_end().as_bytes()).and_then(|()| file.write_all(b"\n")).context("the private key")
    }

    /// The instance, which must have been launched.
    pub fn instance(&self) -> Result<&str> {
        self.instance.as_deref().context("no instance was launched")
    }

    /// Waits until the instance is in `state`; its description then.
    pub async fn until(&self, state: &str) -> Result<Element> {
        let id = self.instance()?;
        let started = Instant::now();
        loop {
            let answer = self.ec2("DescribeInstances", &[("InstanceId.1", id)]).await?;
            let instance = answer.items("instancesSet").first().context("the instance is not listed")?;
            let now = instance.find("instanceState").context("an instance without a state")?.value("name")?;
            if now == state {
                return Ok(instance.clone());
            }
            if matches!(now, "terminated" | "shutting-down") && state != "terminated" {
                let why = instance.find("stateReason").and_then(|reason| reason.find("message"));
                bail!("the instance is {now}: {}", why.map_or("no reason given", |why| why.text.trim()));
            }
            if started.elapsed() > PATIENCE {
                bail!("the instance is still {now}, not {state}, after {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the instance, if there is one.
    pub async fn end_instance(&mut self) -> Result<()> {
        if let Some(id) = self.instance.clone() {
            gone(self.ec2("TerminateInstances", &[("InstanceId.1", &id)]).await)?;
            self.until("terminated").await?;
            self.instance = None;
        }
        Ok(())
    }

    /// Removes the security group and the key pair.
    pub async fn remove_names(&mut self) -> Result<()> {
        if let Some(group) = &self.group {
            gone(self.ec2("DeleteSecurityGroup", &[("GroupId", group)]).await)?;
            self.group = None;
        }
        if self.key_pair {
            gone(self.ec2("DeleteKeyPair", &[("KeyName", &self.name)]).await)?;
            self.key_pair = false;
        }
        Ok(())
    }

    /// What there is now.
    pub fn describe(&self) -> String {
        let instance = self.instance.clone().unwrap_or_else(|| "no instance".into());
        format!("{instance}, key pair and security group {}, private key {}", self.name, self.key_file().display())
    }

    /// Does not remove the private key at the end.
    pub fn keep_key(&mut self) {
        self.folder.disable_cleanup(true);
    }
}
