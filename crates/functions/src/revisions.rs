//! Revisions as they lie on disk, read once and kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::layout::{Layout, is_revision_id};
use crate::runtimes::{self, Found};
use crate::spec::Revision;

/// A revision with all that belongs to it on this host.
#[derive(Debug)]
pub struct Loaded {
    pub id: String,
    pub revision: Revision,
    pub runtime: Found,
    /// The package.
    pub code: PathBuf,
    pub layers: Vec<PathBuf>,
    /// The names of external extensions, in the order in which they are started.
    pub extensions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    #[error("there is no revision {0}")]
    Missing(String),
    #[error("revision {id}: {why}")]
    Unreadable { id: String, why: String },
    #[error("the runtime {name} is not on this host; there are: {known}")]
    NoRuntime { name: String, known: String },
}

pub struct Revisions {
    layout: Layout,
    known: Mutex<HashMap<String, Arc<Loaded>>>,
}

impl Revisions {
    pub fn new(layout: Layout) -> Self {
        Self { layout, known: Mutex::default() }
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Reads it, unless it has been read: a revision does not change.
    pub fn get(&self, id: &str) -> Result<Arc<Loaded>, Unknown> {
        if let Some(loaded) = self.lock().get(id) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(self.load(id)?);
        self.lock().insert(id.to_owned(), Arc::clone(&loaded));
        Ok(loaded)
    }

    pub fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Loaded>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self, id: &str) -> Result<Loaded, Unknown> {
        let missing = || Unknown::Missing(id.to_owned());
        let unreadable = |why: String| Unknown::Unreadable { id: id.to_owned(), why };
        if !is_revision_id(id) {
            return Err(missing());
        }
        let text = std::fs::read(self.layout.spec(id)).map_err(|_| missing())?;
        let revision: Revision = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
        // Links would lead elsewhere where these are bound.
        let real =
            |path: PathBuf| path.canonicalize().map_err(|error| unreadable(format!("{}: {error}", path.display())));
        let code = real(self.layout.code(id))?;
        let layers = revision.layers.iter().cloned().map(real).collect::<Result<Vec<_>, _>>()?;
        let all = runtimes::find_all(&self.layout);
        let Some(runtime) = all.iter().find(|found| found.name == revision.runtime).cloned() else {
            let known = all.iter().map(|found| found.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Unknown::NoRuntime { name: revision.runtime, known });
        };
        let extensions = extensions(&layers);
        Ok(Loaded { id: id.to_owned(), revision, runtime, code, layers, extensions })
    }
}

/// *Developer Guide, Lambda Extensions API*: what can be executed in `/opt/extensions`.
fn extensions(layers: &[PathBuf]) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let files =
        layers.iter().flat_map(|layer| std::fs::read_dir(layer.join("extensions")).into_iter().flatten().flatten());
    let is_program = |entry: &std::fs::DirEntry| {
        let known = std::fs::metadata(entry.path());
        known.is_ok_and(|known| known.is_file() && known.permissions().mode() & 0o111 != 0)
    };
    let names = files.filter(is_program).filter_map(|entry| entry.file_name().into_string().ok());
    names.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}
