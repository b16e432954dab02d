//! Which runtimes the host can give to functions: interpreters that it has, each with AWS's own client for it.
//!
//! Interpreters are the host's: system packages, `/usr/local`, pyenv's versions, and what lies in directories that
//! `FREEHOLD_LAMBDA_RUNTIMES` names, separated by colons. Clients are below [`Layout::runtimes`], one directory a runtime,
//! put there by `freehold lambda runtimes install`, which is the only step that needs a package registry; or in the
//! directories of the same form that `FREEHOLD_LAMBDA_CLIENTS` names, for hosts that get them in another way.

mod install;

use std::fs;
use std::path::{Path, PathBuf};

use freehold_machine::sandbox::{Bind, Link};

use crate::contract::{Runtime, Runtimes};
use crate::layout::Layout;
use crate::spec::Revision;

pub use install::{Error as InstallError, install};

/// Minor versions of Python 3 that AWS's client supports.
const PYTHONS: std::ops::RangeInclusive<u32> = 10..=14;

/// What runs functions of one runtime, as the sandbox sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub kind: Kind,
    /// The interpreter as the host has it.
    pub program: PathBuf,
    /// The same inside of the sandbox.
    inside: PathBuf,
    binds: Vec<(PathBuf, PathBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any program that speaks the Runtime API.
    Provided,
    Python,
    Node,
}

/// A program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub program: PathBuf,
    pub arguments: Vec<String>,
}

/// The runtimes that functions on this host can have now, in the words of the contract.
pub fn runtimes(layout: &Layout) -> Runtimes {
    let known = find_all(layout).into_iter().map(|found| Runtime {
        program: if found.kind == Kind::Provided { String::new() } else { found.program.display().to_string() },
        name: found.name,
    });
    Runtimes { runtimes: known.collect() }
}

/// As the host has them now.
pub fn find_all(layout: &Layout) -> Vec<Found> {
    let mut all: Vec<Found> = ["provided.al2023", "provided.al2"].into_iter().map(provided).collect();
    let given = std::env::var_os("FREEHOLD_LAMBDA_CLIENTS");
    let places: Vec<PathBuf> =
        std::iter::once(layout.runtimes()).chain(given.iter().flat_map(std::env::split_paths)).collect();
    for interpreter in interpreters() {
        let clients = places.iter().map(|place| place.join(&interpreter.name));
        if let Some(client) = clients.into_iter().find(|client| interpreter.kind.has_client(client)) {
            all.push(interpreter.with_client(client));
        }
    }
    all
}

/// Interpreters of this host that a client could be installed for.
pub fn interpreters() -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for directory in directories() {
        for minor in PYTHONS {
            let name = format!("python3.{minor}");
            all.extend(interpreter(&directory, &name.clone(), name, Kind::Python));
        }
        if let Some(major) = node_major(&directory) {
            all.extend(interpreter(&directory, "node", format!("nodejs{major}.x"), Kind::Node));
        }
    }
    let mut names = std::collections::BTreeSet::new();
    all.retain(|found| names.insert(found.name.clone()));
    all
}

/// Where programs lie, the first of a name being the one that is taken.
fn directories() -> Vec<PathBuf> {
    let given = std::env::var_os("FREEHOLD_LAMBDA_RUNTIMES");
    let mut all: Vec<PathBuf> = given.iter().flat_map(std::env::split_paths).map(|path| path.join("bin")).collect();
    all.extend(["/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let roots = [std::env::var_os("PYENV_ROOT").map(PathBuf::from), home.map(|home| home.join(".pyenv"))];
    let pyenv = roots.into_iter().flatten().chain([PathBuf::from("/opt/pyenv")]);
    let versions = pyenv.flat_map(|root| fs::read_dir(root.join("versions")).into_iter().flatten().flatten());
    let mut versions: Vec<_> = versions.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    all.extend(versions.into_iter().rev());
    all
}

fn provided(name: &str) -> Found {
    let none = PathBuf::new();
    Found { name: name.into(), kind: Kind::Provided, program: none.clone(), inside: none, binds: Vec::new() }
}

/// The interpreter of that file name, if it is there. One below `/usr` is seen where it is; any other brings the directory
/// that it was installed in along, as `/var/lang`.
fn interpreter(directory: &Path, file: &str, name: String, kind: Kind) -> Option<Found> {
    let program = directory.join(file).canonicalize().ok()?;
    if !program.is_file() {
        return None;
    }
    if program.starts_with("/usr") {
        return Some(Found { name, kind, inside: program.clone(), program, binds: Vec::new() });
    }
    let prefix = program.parent()?.parent()?.to_owned();
    let inside = Path::new("/var/lang").join(program.strip_prefix(&prefix).ok()?);
    Some(Found { name, kind, inside, program, binds: vec![(prefix, "/var/lang".into())] })
}

/// From the headers or documentation beside it would be a guess: the program says it. Asked once a process.
fn node_major(directory: &Path) -> Option<u32> {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};
    static KNOWN: Mutex<Option<HashMap<PathBuf, Option<u32>>>> = Mutex::new(None);
    let program = directory.join("node").canonicalize().ok()?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known.get_or_insert_default().entry(program.clone()).or_insert_with(|| {
        let said = std::process::Command::new(&program).arg("--version").output().ok()?;
        String::from_utf8_lossy(&said.stdout).trim().strip_prefix('v')?.split('.').next()?.parse().ok()
    })
}

impl Kind {
    fn has_client(self, directory: &Path) -> bool {
        match self {
            Self::Provided => true,
            Self::Python => directory.join("awslambdaric/__main__.py").is_file(),
            Self::Node => directory.join("index.mjs").is_file(),
        }
    }
}

impl Found {
    fn with_client(mut self, client: PathBuf) -> Self {
        let client = client.canonicalize().unwrap_or(client);
        self.binds.push((client, "/var/runtime".into()));
        self
    }

    /// What is to be seen where.
    pub fn binds(&self) -> Vec<Bind> {
        self.binds.iter().map(|(from, to)| Bind { from: from.clone(), to: to.clone() }).collect()
    }

    /// ES modules are looked for in directories above the one that imports them and nowhere else: these lead on to those of
    /// layers and of the runtime (*Developer guide, Define Lambda function handler in Node.js: ES modules from NODE_PATH*).
    /// `opt` answers whether a layer has the directory.
    pub fn links(&self, opt: impl Fn(&str) -> bool) -> Vec<Link> {
        if self.kind != Kind::Node {
            return Vec::new();
        }
        let own = format!("nodejs/{}/node_modules", self.name.replace("nodejs", "node").trim_end_matches(".x"));
        let layer = if opt(&own) { &own } else { "nodejs/node_modules" };
        let link = |at: &str, target: PathBuf| Link { at: at.into(), target };
        vec![
            link("/var/node_modules", Path::new("/opt").join(layer)),
            link("/node_modules", "/var/runtime/node_modules".into()),
        ]
    }

    /// The version that `INIT_START` names.
    pub fn version(&self) -> String {
        match self.kind {
            Kind::Provided => self.name.replace("provided.", "provided:"),
            Kind::Python => self.name.replace("python", "python:"),
            Kind::Node => self.name.replace("nodejs", "nodejs:").trim_end_matches(".x").to_owned(),
        }
    }

    /// What is to be run: `code` and `opt` answer whether the file is in the package, or in a layer.
    pub fn command(
        &self,
        revision: &Revision,
        code: impl Fn(&str) -> bool,
        opt: impl Fn(&str) -> bool,
    ) -> Option<Command> {
        let plain = match self.kind {
            // *Developer Guide, Building a custom runtime*: the package's before that of a layer.
            Kind::Provided if code("bootstrap") => Command::of("/var/task/bootstrap", &[]),
            Kind::Provided if opt("bootstrap") => Command::of("/opt/bootstrap", &[]),
            Kind::Provided => return None,
            // Without what happens to be installed on the host for this interpreter.
            Kind::Python => Command {
                program: self.inside.clone(),
                arguments: ["-S", "-m", "awslambdaric", &revision.handler].map(str::to_owned).to_vec(),
            },
            Kind::Node => Command {
                program: self.inside.clone(),
                arguments: vec!["/var/runtime/index.mjs".into(), revision.handler.clone()],
            },
        };
        let wrapper = revision.environment.get("AWS_LAMBDA_EXEC_WRAPPER");
        Some(match wrapper.filter(|_| self.kind != Kind::Provided) {
            // *Developer Guide, Modifying the runtime environment*: the script gets the command as its arguments.
            Some(wrapper) => {
                let mut arguments = vec![plain.program.display().to_string()];
                arguments.extend(plain.arguments);
                Command { program: wrapper.into(), arguments }
            }
            None => plain,
        })
    }
}

impl Command {
    fn of(program: &str, arguments: &[&str]) -> Self {
        Self { program: program.into(), arguments: arguments.iter().map(|&argument| argument.to_owned()).collect() }
    }
}
