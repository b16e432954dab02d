//! [`HostImages`] of a data directory: the image store and the machines' disks in it.

use std::path::PathBuf;

use async_trait::async_trait;
use freehold_machine::Result as MachineResult;
use freehold_machine::image::{Description, Image, ImageStore, Source};

use crate::images::{HostImage, HostImages};

/// The images of a data directory.
pub struct StoredImages {
    store: ImageStore,
    /// Where machines have their directories.
    machines: PathBuf,
}

impl StoredImages {
    pub fn new(store: ImageStore, machines: PathBuf) -> Self {
        Self { store, machines }
    }

    fn all(&self) -> Vec<Image> {
        self.store.list().unwrap_or_else(|error| {
            tracing::warn!(%error, "the image store cannot be read");
            Vec::new()
        })
    }
}

#[async_trait]
impl HostImages for StoredImages {
    fn list(&self) -> Vec<HostImage> {
        let images = self.all();
        // What was made of a machine belongs to an account and is shown as its image.
        let own = images.into_iter().filter(|i| !matches!(i.source, Source::Machine { .. }));
        own.map(|image| HostImage {
            id: image.id,
            name: image.name,
            description: image.description,
            architecture: image.architecture,
            created: image.created,
            size_gib: image.root_disk_gib,
        })
        .collect()
    }

    fn captured(&self) -> Vec<String> {
        let captured = self.all().into_iter().filter(|image| matches!(image.source, Source::Machine { .. }));
        captured.map(|image| image.id).collect()
    }

    async fn capture(&self, machine: &str, base: &str, name: &str, description: &str) -> MachineResult<String> {
        let (store, directory) = (self.store.clone(), self.machines.join(machine));
        let (base, name, description) = (base.to_owned(), name.to_owned(), description.to_owned());
        let about = Description { name, description };
        blocking(move || store.from_machine(&directory, &base, about)).await.map(|image| image.id)
    }

    async fn remove(&self, name: &str) -> MachineResult<()> {
        let (store, name) = (self.store.clone(), name.to_owned());
        blocking(move || store.remove(&name)).await
    }
}

/// Runs what takes long off the executor's threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> MachineResult<T> + Send + 'static) -> MachineResult<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|stopped| Err(freehold_machine::Error::io("work on an image", std::io::Error::other(stopped))))
}
