//! The pinned botocore, fetched by pip (which checks its hash) and opened by Python, which every place that has
//! pip has.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Prints one service's model out of a wheel.
const EXTRACT: &str = "\
import gzip, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    # Older releases do not compress their models.
    names = wheel.namelist()
    name = sys.argv[2]
    text = gzip.decompress(wheel.read(name + '.gz')) if name + '.gz' in names else wheel.read(name)
    sys.stdout.buffer.write(text)
";

pub struct Wheel {
    path: PathBuf,
    /// Removed with the value.
    _folder: tempfile::TempDir,
}

impl Wheel {
    pub fn download(version: &str, sha256: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let requirements = folder.path().join("requirements.txt");
        std::fs::write(&requirements, format!("botocore=={version} --hash=sha256:{sha256}\n"))?;
        run(Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
            .arg("--dest")
            .arg(folder.path())
            .arg("--requirement")
            .arg(&requirements))?;
        let path = folder.path().join(format!("botocore-{version}-py3-none-any.whl"));
        if !path.exists() {
            bail!("pip did not leave {}", path.display());
        }
        Ok(Self { path, _folder: folder })
    }

    /// The model's JSON.
    pub fn model(&self, service: &str, version: &str) -> Result<String> {
        let file = format!("botocore/data/{service}/{version}/service-2.json");
        let output = run(Command::new("python3").args(["-c", EXTRACT]).arg(&self.path).arg(file))?;
        String::from_utf8(output).context("the model is not UTF-8")
    }
}

fn run(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output().context("starting python3")?;
    if !output.status.success() {
        bail!("{command:?} failed");
    }
    Ok(output.stdout)
}
