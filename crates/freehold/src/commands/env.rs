//! `freehold env`: what AWS clients need to know, as shell (`eval "$(freehold env)"`).

use std::path::PathBuf;

use anyhow::{Context, Result};
use freehold_client::Credentials;
use freehold_core::DEFAULT_REGION;

use super::{print_json, print_out};
use crate::cli::{self, DEFAULT_LISTEN};
use crate::data_dir::DataDir;
use crate::pid_file::Record;

pub fn run(data_dir: Option<PathBuf>, options: cli::Env) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    let running = Record::of_running(&data.pid_file());
    let endpoint = running.as_ref().map_or_else(|| format!("http://{DEFAULT_LISTEN}"), |it| it.endpoint.clone());
    let credentials = credentials(&data, running.as_ref())?;
    let variables = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", DEFAULT_REGION),
        ("AWS_DEFAULT_REGION", DEFAULT_REGION),
        ("AWS_ACCESS_KEY_ID", &credentials.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key),
        // Or clients would put words before the host's name (`stream-127.0.0.1`) that nobody resolves.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
    ];
    if options.json {
        return print_json(&variables.iter().copied().collect::<std::collections::BTreeMap<_, _>>());
    }
    print_out(&variables.map(|(name, value)| format!("export {name}={}\n", quote(value))).concat())
}

/// The development pair where the region accepts it (loopback only), else the root key of its first start.
pub fn credentials(data: &DataDir, running: Option<&Record>) -> Result<Credentials> {
    if running.is_none_or(|record| record.listen.ip().is_loopback()) {
        return Ok(Credentials { access_key_id: "test".into(), secret_access_key: "test".into() });
    }
    let path = data.root_key();
    let text = std::fs::read(&path).with_context(|| format!("the root key {} cannot be read", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} does not hold a key", path.display()))
}

/// A word that a shell reads as `text`.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_the_shell() {
        assert_eq!(quote("http://127.0.0.1:4566"), "http://127.0.0.1:4566");
        assert_eq!(quote("a b"), "'a b'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
    }
}
