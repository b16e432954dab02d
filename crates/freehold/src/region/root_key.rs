//! The account's root key, made at the first start, where `freehold env` finds it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, Result};
use freehold_client::Credentials;
use freehold_iam::Iam;

use crate::data_dir::DataDir;

/// Writes the key for its owner's eyes only, unless it is there already.
pub async fn publish(iam: &Iam, data: &DataDir) -> Result<()> {
    let path = data.root_key();
    if path.exists() {
        return Ok(());
    }
    let key = iam.root_key().await?;
    let key = Credentials { access_key_id: key.access_key_id, secret_access_key: key.secret_access_key };
    let draft = path.with_extension("new");
    OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(&serde_json::to_vec(&key)?))
        .and_then(|()| fs::rename(&draft, &path))
        .with_context(|| format!("{} cannot be written", path.display()))
}
