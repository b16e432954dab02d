//! Names for the host itself: a block of the region's own in `/etc/hosts`, so that programs on the host find by name what
//! it publishes. The block is marked with the region's tag and holds nothing but what is published now; without names it
//! is not there at all. What others wrote stays as it is, byte by byte.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::names::Tag;
use crate::driver::{Error, Result};

const HOSTS: &str = "/etc/hosts";
/// Held while the file is changed: the regions of one host share it.
const LOCK: &str = "/run/freehold/hosts.lock";

/// The region's block.
#[derive(Debug, Clone)]
pub struct HostsFile {
    path: PathBuf,
    lock: PathBuf,
    marks: Marks,
}

#[derive(Debug, Clone)]
struct Marks {
    begin: String,
    end: String,
}

impl HostsFile {
    /// Of the region that keeps its data in `data_dir`.
    pub fn new(data_dir: &Path) -> Self {
        Self::at(HOSTS.into(), LOCK.into(), data_dir)
    }

    fn at(path: PathBuf, lock: PathBuf, data_dir: &Path) -> Self {
        let tag = Tag::of(data_dir).uplink_prefix();
        let place = data_dir.display().to_string().replace(['\n', '\r'], " ");
        let begin = format!("# {tag}: names of the Freehold region in {place}; freehold down removes them");
        Self { path, lock, marks: Marks { begin, end: format!("# {tag}: end") } }
    }

    /// Makes the block hold these names and no others. A file that does so already is left alone.
    pub fn set(&self, names: &BTreeMap<String, Vec<Ipv4Addr>>) -> Result<()> {
        let failed = |error| Error::io(format!("write names to {}", self.path.display()), error);
        // Before the lock, which needs a directory that nobody but root can make.
        if fs::read_to_string(&self.path).is_ok_and(|text| self.marks.rewrite(&text, names) == text) {
            return Ok(());
        }
        if let Some(directory) = self.lock.parent() {
            fs::create_dir_all(directory).map_err(failed)?;
        }
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&self.lock);
        let lock = lock.map_err(failed)?;
        flock(&lock, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            other => other.map_err(failed)?,
        };
        let wanted = self.marks.rewrite(&text, names);
        if wanted == text { Ok(()) } else { replace(&self.path, &wanted).map_err(failed) }
    }

    /// Removes the block.
    pub fn clear(&self) -> Result<()> {
        self.set(&BTreeMap::new())
    }
}

impl Marks {
    /// The file's text with the block in its place, or at the end if it is new.
    fn rewrite(&self, text: &str, names: &BTreeMap<String, Vec<Ipv4Addr>>) -> String {
        let block = self.block(names);
        let (before, rest) = match text.find(&self.begin) {
            Some(start) => (&text[..start], &text[start..]),
            None if block.is_empty() || text.is_empty() || text.ends_with('\n') => return format!("{text}{block}"),
            None => return format!("{text}\n{block}"),
        };
        // Without its end, which only somebody else can have removed, the block is its first line.
        let close = rest.find(&self.end).map(|at| at + self.end.len()).or_else(|| rest.find('\n'));
        let after = close.map_or("", |at| &rest[at..]);
        format!("{before}{block}{}", after.strip_prefix('\n').unwrap_or(after))
    }

    fn block(&self, names: &BTreeMap<String, Vec<Ipv4Addr>>) -> String {
        let lines: Vec<_> = names
            .iter()
            .flat_map(|(name, addresses)| addresses.iter().map(move |address| format!("{address} {name}\n")))
            .collect();
        if lines.is_empty() { String::new() } else { format!("{}\n{}{}\n", self.begin, lines.concat(), self.end) }
    }
}

/// Whole or not at all, but where the file is a mount, as in many containers, which nothing can take the place of.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_file_name(format!(".hosts.freehold.{:08x}", rand::random::<u32>()));
    let renamed = write_like(path, &draft, text).and_then(|()| fs::rename(&draft, path));
    if renamed.is_ok() {
        return Ok(());
    }
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A new file with the owner and the mode of another one.
fn write_like(model: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(text.as_bytes())?;
    if let Ok(known) = fs::metadata(model) {
        fchown(&file, Some(known.uid()), Some(known.gid()))?;
        file.set_permissions(known.permissions())?;
    }
    file.sync_all()
}

#[cfg(test)]
mod unit {
    use super::*;

    fn names(all: &[(&str, [u8; 4])]) -> BTreeMap<String, Vec<Ipv4Addr>> {
        let mut names = BTreeMap::<String, Vec<Ipv4Addr>>::new();
        for (name, address) in all {
            names.entry((*name).to_owned()).or_default().push(Ipv4Addr::from(*address));
        }
        names
    }

    #[test]
    fn names_come_and_go_and_all_else_stays() {
        let place = crate::testing::directory("hosts");
        let hosts = place.path().join("hosts");
        let file = |data: &str| HostsFile::at(hosts.clone(), place.path().join("lock"), Path::new(data));
        let read = || fs::read_to_string(&hosts).unwrap();
        for original in ["127.0.0.1 localhost\n", "127.0.0.1 localhost", ""] {
            fs::write(&hosts, original).unwrap();
            let (one, two) = (file("/a"), file("/b"));
            one.set(&names(&[("x.test", [198, 18, 0, 5]), ("x.test", [198, 18, 0, 6])])).unwrap();
            two.set(&names(&[("y.test", [198, 18, 0, 7])])).unwrap();
            assert!(read().contains("\n198.18.0.5 x.test\n198.18.0.6 x.test\n"), "{}", read());
            let before = read();
            one.set(&names(&[("z.test", [198, 18, 0, 8])])).unwrap();
            assert!(!read().contains("x.test") && read().contains("198.18.0.7 y.test"));
            one.set(&names(&[("x.test", [198, 18, 0, 5]), ("x.test", [198, 18, 0, 6])])).unwrap();
            assert_eq!(read(), before);
            one.clear().unwrap();
            two.clear().unwrap();
            assert_eq!(read().trim_end(), original.trim_end());
        }
    }

    #[test]
    fn a_block_that_somebody_cut_takes_nothing_along() {
        let file = HostsFile::at("/x".into(), "/y".into(), Path::new("/a"));
        let block = file.marks.block(&names(&[("x.test", [1, 2, 3, 4])]));
        let cut = block.replace(&file.marks.end, "");
        assert_eq!(file.marks.rewrite(&format!("a\n{cut}b\n"), &names(&[])), "a\n1.2.3.4 x.test\n\nb\n");
    }
}
