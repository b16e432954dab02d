//! No nodes, for `--machines none`: balancers exist in the control plane's state only.

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio::sync::watch;

use super::{NodeDriver, NodeSpec, NodeState};
use crate::driver::{Error, Result};

/// Accepts everything and runs nothing.
#[derive(Debug)]
pub struct NoNodes {
    exits: watch::Sender<u64>,
}

impl Default for NoNodes {
    fn default() -> Self {
        Self { exits: watch::Sender::new(0) }
    }
}

#[async_trait]
impl NodeDriver for NoNodes {
    fn runs(&self) -> bool {
        false
    }

    fn directory(&self, id: &str) -> Result<PathBuf> {
        Ok(PathBuf::from(id))
    }

    async fn configure(&self, _id: &str, _config: &[u8]) -> Result<()> {
        Ok(())
    }

    async fn listen(&self, _id: &str, _name: &str) -> Result<UnixListener> {
        Err(Error::Unsupported("a region without machines has no nodes".into()))
    }

    async fn ensure(&self, _spec: &NodeSpec) -> Result<NodeState> {
        Ok(NodeState::Absent)
    }

    fn status(&self, _id: &str) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    async fn collect(&self, _id: &str, _from: &str, _to: &Path) -> Result<usize> {
        Ok(0)
    }

    async fn state(&self, _id: &str) -> Result<NodeState> {
        Ok(NodeState::Absent)
    }

    async fn end(&self, _id: &str) -> Result<()> {
        Ok(())
    }

    async fn destroy(&self, _id: &str) -> Result<()> {
        Ok(())
    }

    async fn list(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn exits(&self) -> watch::Receiver<u64> {
        self.exits.subscribe()
    }
}
