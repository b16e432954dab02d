//! `freehold image`: what machines start from.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use freehold_machine::image::{Description, Image, ImageStore, Recipe};

use super::{print_json, print_out};
use crate::cli;
use crate::data_dir::DataDir;
use crate::terminal::{Working, table};

pub fn run(data_dir: Option<PathBuf>, command: cli::Image) -> Result<()> {
    let data = DataDir::new(data_dir)?;
    match command {
        cli::Image::Build { recipe } => {
            data.create()?;
            let image = build(&ImageStore::open(data.path())?, recipe.into())?;
            print_out(&format!("{}\n", image.id))
        }
        cli::Image::Import { file, name } => {
            let name = match name.or_else(|| name_of(&file)) {
                Some(name) => name,
                None => bail!("{} has no name to call the image by; say --name", file.display()),
            };
            if !file.is_file() {
                bail!("{} is not a file", file.display());
            }
            data.create()?;
            let working = Working::new(&format!("importing {}", file.display()));
            let about = Description { description: format!("Imported from {}", file.display()), name };
            let image = ImageStore::open(data.path())?.import(&file, about, &|step| working.step(step))?;
            print_out(&format!("{}\n", image.id))
        }
        cli::Image::List { json } => {
            // Looking does not make a data directory.
            let images = if data.images().exists() { ImageStore::open(data.path())?.list()? } else { Vec::new() };
            if json { print_json(&images) } else { print_out(&page(&images)) }
        }
    }
}

/// Builds one of Freehold's own images unless it is there already, with progress on a terminal.
pub fn build(store: &ImageStore, recipe: Recipe) -> freehold_machine::Result<Image> {
    let working = Working::new(&format!("building the image {}", recipe.name()));
    store.build(recipe, &|step| working.step(step))
}

fn page(images: &[Image]) -> String {
    let mut rows = vec![["id", "name", "MiB", "made"].map(String::from).to_vec()];
    rows.extend(images.iter().map(|image| {
        let mib = image.size_bytes.div_ceil(1 << 20).to_string();
        vec![image.id.clone(), image.name.clone(), mib, image.created.strftime("%F %T").to_string()]
    }));
    table(&rows)
}

/// `rootfs.tar.gz` is called `rootfs`.
fn name_of(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    (!stem.is_empty()).then(|| stem.to_owned())
}

impl From<cli::Recipe> for Recipe {
    fn from(recipe: cli::Recipe) -> Self {
        match recipe {
            cli::Recipe::Minimal => Self::Minimal,
            cli::Recipe::Debian => Self::Debian12,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_called_as_its_file_without_the_ending() {
        assert_eq!(name_of(Path::new("/x/rootfs.tar.gz")).as_deref(), Some("rootfs"));
        assert_eq!(name_of(Path::new("plain")).as_deref(), Some("plain"));
        assert_eq!(name_of(Path::new("/x/.tar")), None);
    }
}
