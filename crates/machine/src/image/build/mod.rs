//! Builds the trees of Freehold's own images from Debian packages.

mod debian;
mod minimal;
mod packages;

use std::path::Path;

use super::{Progress, Recipe};
use crate::driver::Result;

/// Builds a recipe's tree in the empty directory `root`; downloads are kept in `cache`.
pub fn tree(recipe: Recipe, root: &Path, cache: &Path, progress: Progress<'_>) -> Result<()> {
    match recipe {
        Recipe::Minimal => minimal::tree(root, cache, progress),
        Recipe::Debian12 => debian::tree(root, progress),
    }
}
