//! The image store: the directory `images/`.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::{Description, Image, Progress, Recipe, Source, build, content, erofs, finish, import, snapshot};
use crate::disk;
use crate::driver::{Error, Result};

/// Size of the root disk that an image asks for if the launch does not, as Amazon's and Debian's AMIs do.
const ROOT_DISK_GIB: u32 = 8;

/// The images of this host. Cheap to clone; any number of processes may use the same directory.
///
/// All methods block; what takes longer than reading a file says so.
#[derive(Debug, Clone)]
pub struct ImageStore {
    data_dir: PathBuf,
}

/// Names of trees under construction begin with this; the builder's process id follows.
const DRAFT: &str = ".draft-";

/// A tree under construction. Dropped before it is kept, it is removed.
struct Draft {
    path: PathBuf,
}

impl ImageStore {
    /// Opens the store of a data directory. Creates it if need be.
    pub fn open(data_dir: &Path) -> Result<Self> {
        let store = Self { data_dir: data_dir.to_owned() };
        // Nobody else of the host may run what has the set-user-id bit in an image.
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(store.root());
        made.map_err(|error| Error::io("make the image store", error))?;
        store.sweep();
        Ok(store)
    }

    fn root(&self) -> PathBuf {
        self.data_dir.join("images")
    }

    fn directory(&self, id: &str) -> PathBuf {
        self.root().join(id)
    }

    /// Removes what builders that were killed left behind. What cannot be removed now is tried again next time.
    fn sweep(&self) {
        for entry in fs::read_dir(self.root()).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(owner) = name.to_str().and_then(|name| name.strip_prefix(DRAFT)?.split('-').next()) else {
                continue;
            };
            if !Path::new("/proc").join(owner).exists() {
                let mounts = ["mount", "archive/mount", "mount.disk"].map(|name| entry.path().join(name));
                if mounts.iter().all(|path| disk::unmount(path).is_ok()) {
                    let _ = fs::remove_dir_all(entry.path());
                }
            }
        }
    }

    /// All images, by name.
    pub fn list(&self) -> Result<Vec<Image>> {
        let failed = |error| Error::io("list the image store", error);
        let mut images = Vec::new();
        for entry in fs::read_dir(self.root()).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            match name.to_str() {
                Some(id) if id.starts_with("ami-") => {}
                _ => continue,
            }
            // Gone or damaged in the meantime: then it is none.
            if let Ok(image) = self.get(&name.to_string_lossy()) {
                images.push(image);
            }
        }
        images.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(images)
    }

    /// One image; [`Error::NoImage`] if there is none of that id.
    pub fn get(&self, id: &str) -> Result<Image> {
        let none = || Error::NoImage(id.to_owned());
        if !is_id(id) {
            return Err(none());
        }
        let text = fs::read(self.directory(id).join("image.json")).map_err(|_| none())?;
        serde_json::from_slice(&text).map_err(|error| Error::io(format!("read image {id}"), error))
    }

    /// The read-only tree of an image.
    pub fn rootfs_dir(&self, id: &str) -> Result<PathBuf> {
        self.get(id)?;
        Ok(self.directory(id).join("rootfs"))
    }

    /// The image as an erofs file. The first call makes it, which takes seconds.
    pub fn erofs(&self, id: &str) -> Result<PathBuf> {
        self.get(id)?;
        erofs::make(&self.directory(id))
    }

    /// Builds one of Freehold's own images unless it is there. Takes seconds ([`Recipe::Minimal`]) or minutes.
    pub fn build(&self, recipe: Recipe, progress: Progress<'_>) -> Result<Image> {
        let id = recipe.image_id();
        if let Ok(image) = self.get(&id) {
            return Ok(image);
        }
        let draft = self.draft()?;
        build::tree(recipe, &draft.rootfs(), &self.data_dir.join("cache/packages"), progress)?;
        let (name, description) = recipe.describe(jiff::Zoned::now().date());
        let source = Source::Recipe { name: recipe.name().into() };
        progress("hashing");
        self.keep(draft, Some(id), Description { name, description }, recipe.default_user(), source)
    }

    /// Imports a root file system (tar, plain or compressed) or an OCI archive. Takes as long as unpacking.
    pub fn import(&self, archive: &Path, about: Description, progress: Progress<'_>) -> Result<Image> {
        let draft = self.draft()?;
        import::unpack(archive, &draft.rootfs(), &draft.path.join("archive"), progress)?;
        let file = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        progress("hashing");
        self.keep(draft, None, about, "root", Source::Import { file })
    }

    /// Makes an image of a machine's disk over the image that it started from. `machine` is the machine's
    /// directory; a running one is synced first, and what it writes meanwhile may or may not be in.
    pub fn from_machine(&self, machine: &Path, base: &str, about: Description) -> Result<Image> {
        let parent = self.get(base)?;
        let draft = self.draft()?;
        snapshot::flatten(&self.rootfs_dir(base)?, machine, &draft.rootfs(), &draft.path.join("mount"))?;
        let id = machine.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.keep(draft, None, about, &parent.default_user, Source::Machine { id })
    }

    /// Removes an image. Machines that were started from it need it; the caller knows whether there are any.
    pub fn remove(&self, id: &str) -> Result<()> {
        if !is_id(id) {
            return Err(Error::NoImage(id.to_owned()));
        }
        // Out of sight first, so that a half-removed image is never listed.
        let draft = self.draft()?;
        match fs::rename(self.directory(id), draft.path.join("removed")) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(format!("remove image {id}"), error)),
        }
    }

    fn draft(&self) -> Result<Draft> {
        let path = self.root().join(format!("{DRAFT}{}-{:08x}", std::process::id(), rand::random::<u32>()));
        fs::create_dir_all(path.join("rootfs")).map_err(|error| Error::io("begin an image", error))?;
        Ok(Draft { path })
    }

    /// Finishes a tree and gives it its place. If the same image came to be meanwhile, that one is answered.
    fn keep(&self, draft: Draft, id: Option<String>, about: Description, user: &str, source: Source) -> Result<Image> {
        finish::tree(&draft.rootfs())?;
        let content = content::of_tree(&draft.rootfs())?;
        let image = Image {
            id: id.unwrap_or_else(|| content::id(&content.hash)),
            name: about.name,
            description: about.description,
            architecture: "x86_64".into(),
            root_disk_gib: ROOT_DISK_GIB,
            size_bytes: content.bytes,
            sha256: hex::encode(content.hash),
            default_user: user.into(),
            guest_program: true,
            created: jiff::Timestamp::now(),
            source,
        };
        draft.keep(&image, &self.directory(&image.id))?;
        self.get(&image.id)
    }
}

impl Draft {
    fn rootfs(&self) -> PathBuf {
        self.path.join("rootfs")
    }

    fn keep(&self, image: &Image, place: &Path) -> Result<()> {
        let failed = |error| Error::io("keep the image", error);
        let text = serde_json::to_vec_pretty(image).map_err(|error| failed(error.into()))?;
        let finished = self.path.join("finished");
        fs::create_dir(&finished).map_err(failed)?;
        fs::write(finished.join("image.json"), text).map_err(failed)?;
        fs::rename(self.rootfs(), finished.join("rootfs")).map_err(failed)?;
        // All of it is on disk before its name is.
        rustix::fs::syncfs(fs::File::open(&finished).map_err(failed)?).map_err(|error| failed(error.into()))?;
        match fs::rename(&finished, place) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::DirectoryNotEmpty => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// An id is one path component that cannot lead anywhere else.
fn is_id(id: &str) -> bool {
    id.strip_prefix("ami-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_nowhere_else() {
        assert!(is_id("ami-0123456789abcdef0"));
        assert!(!is_id("ami-../../etc"));
        assert!(!is_id("ami-"));
        assert!(!is_id("snap-01"));
    }

    #[test]
    fn what_a_killed_builder_left_is_swept_and_what_a_living_one_has_is_not() {
        let place = crate::testing::directory("images");
        let root = place.path().join("images");
        let (dead, living) = (root.join(".draft-4194999-1"), root.join(format!(".draft-{}-1", std::process::id())));
        for path in [&dead, &living] {
            fs::create_dir_all(path.join("rootfs/etc")).unwrap();
        }
        ImageStore::open(place.path()).unwrap();
        assert!(!dead.exists());
        assert!(living.exists());
    }

    #[test]
    fn what_is_not_there_has_no_image() {
        let place = crate::testing::directory("images");
        let store = ImageStore::open(place.path()).unwrap();
        assert!(store.list().unwrap().is_empty());
        assert!(matches!(store.get("ami-0123456789abcdef0"), Err(Error::NoImage(_))));
        store.remove("ami-0123456789abcdef0").unwrap();
    }
}
