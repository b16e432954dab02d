//! Reads an unpacked OCI image layout: index, manifest, layers (image-spec, "Image Layout").

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::driver::{Error, Result};

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Manifest {
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default, rename = "mediaType")]
    media_type: String,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    architecture: String,
    os: String,
}

/// Indexes may contain indexes; this many are followed.
const DEPTH: u32 = 4;

/// The layers of the image for this machine's kind of processor, the lowest first, digests checked.
pub fn layers(layout: &Path) -> Result<Vec<PathBuf>> {
    let mut index: Index = read(&layout.join("index.json"))?;
    for _ in 0..DEPTH {
        let chosen = choose(&index.manifests)?;
        let path = blob(layout, &chosen.digest)?;
        if chosen.media_type.contains("index") || chosen.media_type.contains("manifest.list") {
            index = read(&path)?;
            continue;
        }
        let manifest: Manifest = read(&path)?;
        return manifest.layers.iter().map(|layer| blob(layout, &layer.digest)).collect();
    }
    Err(bad("its indexes go too deep"))
}

fn choose(manifests: &[Descriptor]) -> Result<&Descriptor> {
    let fits = |descriptor: &&Descriptor| {
        let platform = descriptor.platform.as_ref();
        platform.is_none_or(|platform| platform.os == "linux" && platform.architecture == "amd64")
    };
    manifests.iter().find(fits).ok_or_else(|| bad("it has no image for linux/amd64"))
}

fn blob(layout: &Path, digest: &str) -> Result<PathBuf> {
    let hash = digest
        .strip_prefix("sha256:")
        .filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .ok_or_else(|| bad(&format!("digest {digest} is not SHA-256")))?;
    let path = layout.join("blobs/sha256").join(hash);
    // A link could point at the host's files.
    if !fs::symlink_metadata(&path).is_ok_and(|about| about.is_file()) {
        return Err(bad(&format!("blob {digest} is missing")));
    }
    let mut hasher = Sha256::new();
    let copied = fs::File::open(&path).and_then(|mut file| std::io::copy(&mut file, &mut hasher));
    copied.map_err(|error| Error::io("read the OCI archive", error))?;
    if hex::encode(hasher.finalize()) == hash.to_ascii_lowercase() {
        Ok(path)
    } else {
        Err(bad(&format!("blob {digest} does not have that digest")))
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    if !fs::symlink_metadata(path).is_ok_and(|about| about.is_file()) {
        return Err(bad("its index is missing"));
    }
    let text = fs::read(path).map_err(|error| Error::io("read the OCI archive", error))?;
    serde_json::from_slice(&text).map_err(|error| bad(&error.to_string()))
}

fn bad(why: &str) -> Error {
    Error::Unsupported(format!("not a usable OCI archive: {why}"))
}
