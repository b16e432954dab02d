//! `freehold reset`: the only command that deletes state.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::block_on;
use super::down::{end_control_plane, take};
use crate::cli;
use crate::data_dir::DataDir;
use crate::region::cleanup;
use crate::terminal::note;

pub fn run(data_dir: Option<PathBuf>, options: cli::Reset) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    if !data.path().exists() {
        note(&format!("{} does not exist; nothing to delete", data.path().display()));
        return Ok(());
    }
    refuse_foreign(&data)?;
    if !options.yes && !confirmed(data.path())? {
        bail!("nothing was deleted");
    }
    end_control_plane(&data)?;
    let _lock = take(&data)?;
    block_on(cleanup::everything(&data))?;
    delete_contents(&data, options.images)?;
    note(&format!("the region in {} is gone", data.path().display()));
    Ok(())
}

/// A directory that no region ever used is not ours to empty.
fn refuse_foreign(data: &DataDir) -> Result<()> {
    let empty = std::fs::read_dir(data.path()).context("the data directory")?.next().is_none();
    if !empty && !data.state().exists() && !data.path().join("lock").exists() {
        bail!("{} holds no region; nothing was deleted", data.path().display());
    }
    Ok(())
}

fn confirmed(path: &Path) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("this deletes the region in {}; say --yes to mean it", path.display());
    }
    eprint!("Delete the region in {}, its machines and their disks? [y/N] ", path.display());
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Deletes everything in the directory but the lock that this process holds and, unless asked for, the images.
fn delete_contents(data: &DataDir, images: bool) -> Result<()> {
    for entry in std::fs::read_dir(data.path())? {
        let path = entry?.path();
        if path.ends_with("lock") || (path == data.images() && !images) {
            continue;
        }
        let deleted = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        deleted.with_context(|| format!("{} cannot be deleted", path.display()))?;
    }
    Ok(())
}
