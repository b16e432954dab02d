//! Every queue by its number.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Error;
use crate::cell::Cell;
use crate::message::{QueueId, Settings};

#[derive(Debug, Default)]
pub struct Registry(RwLock<HashMap<QueueId, Arc<Cell>>>);

impl Registry {
    pub fn find(&self, queue: QueueId) -> Result<Arc<Cell>, Error> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&queue).cloned().ok_or(Error::NoQueue)
    }

    /// The queue, made with `settings` if there was none.
    pub fn find_or_make(&self, queue: QueueId, settings: Settings) -> Arc<Cell> {
        if let Ok(found) = self.find(queue) {
            return found;
        }
        let mut cells = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(queue).or_insert_with(|| Arc::new(Cell::new(queue, settings))))
    }

    pub fn remove(&self, queue: QueueId) -> Result<Arc<Cell>, Error> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&queue).ok_or(Error::NoQueue)
    }

    pub fn all(&self) -> Vec<Arc<Cell>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
