//! `freehold prices import`: AWS's own price lists, for what bills, offers and the price list say.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use freehold_billing::import::{Import, Imported};
use freehold_core::DEFAULT_REGION;
use freehold_ec2::catalogue::Priced;

use super::{print_out, running};
use crate::cli;
use crate::data_dir::DataDir;
use crate::terminal::Reading;

pub fn run(data_dir: Option<PathBuf>, command: cli::Prices) -> Result<()> {
    let cli::Prices::Import { files } = command;
    let data = DataDir::new(data_dir)?;
    let path = data.prices();
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let import = Import::over(before.as_deref(), DEFAULT_REGION.into(), Arc::new(Priced));
    let mut import = import.with_context(|| path.display().to_string())?;
    let mut said = String::new();
    // All of them or none: what is written is what was asked for.
    for file in &files {
        let imported = read(&mut import, file).with_context(|| format!("{}: nothing is imported", file.display()))?;
        let Imported { offer, date, .. } = &imported;
        said.push_str(&format!("{} ({offer} of {date}): {imported}\n", file.display()));
    }
    data.create()?;
    write(&path, &import.text()?).with_context(|| format!("{} cannot be written", path.display()))?;
    said.push_str(&format!("{} has the prices of {DEFAULT_REGION}.\n", path.display()));
    if running(&data).is_ok() {
        said.push_str(
            "The region that runs goes on with those that it had: freehold down and freehold up make it read them.\n",
        );
    }
    print_out(&said)
}

fn read(import: &mut Import, file: &Path) -> Result<Imported> {
    let what = format!("importing {}", file.display());
    if file == Path::new("-") {
        return Ok(import.read(Reading::new(std::io::stdin().lock(), &what, None))?);
    }
    let open = File::open(file)?;
    // A pipe has no size.
    let about = open.metadata()?;
    let size = about.is_file().then_some(about.len());
    Ok(import.read(Reading::new(open, &what, size))?)
}

/// There is the old file or the new one, whole.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_extension("toml.new");
    let written = File::create(&draft).and_then(|mut file: File| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let done = written.and_then(|()| std::fs::rename(&draft, path));
    if done.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    done
}
