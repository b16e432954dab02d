//! The thread that waits for the disk and answers.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use freehold_store::messages::Disk;

use super::group::Group;
use crate::Error;
use crate::alarm::Alarm;
use crate::cache::Cache;

pub struct Finisher {
    disk: Box<dyn Disk>,
    /// Written, in this order.
    groups: Receiver<Group>,
    cache: Arc<Cache>,
    alarm: Arc<Alarm>,
    /// Since then nobody can tell what is on disk: everything is refused until the journal is opened anew.
    broken: Option<Error>,
}

impl Finisher {
    pub fn new(disk: Box<dyn Disk>, groups: Receiver<Group>, cache: Arc<Cache>, alarm: Arc<Alarm>) -> Self {
        Self { disk, groups, cache, alarm, broken: None }
    }

    pub fn run(mut self) {
        while let Ok(group) = self.groups.recv() {
            if self.broken.is_none()
                && group.has_changes()
                && let Err(error) = self.disk.synchronise()
            {
                tracing::error!(%error, "the disk lost messages; none are taken until the region starts again");
                self.broken = Some(error.into());
            }
            match &self.broken {
                None => group.apply(&self.cache, &self.alarm),
                Some(error) => group.take_back(error),
            }
        }
    }
}
