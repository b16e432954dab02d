//! Pages, by `Marker` and `MaxItems`.

use freehold_core::pagination::{self, Query};
use freehold_store::{Document, Filter, SharedStore, StoreExt};
use freehold_wire::Call;

use crate::errors::Error;

/// Items of a page (*API reference, ListFunctions: MaxItems*), and of those that are configurations of functions' parts.
pub(crate) const MOST: usize = 50;

/// What a caller wants of a list.
pub(crate) struct Page<'a> {
    pub call: &'a Call,
    /// What else the list depends on.
    pub about: &'a str,
    pub marker: Option<&'a str>,
    pub size: Option<i32>,
}

impl Page<'_> {
    /// One page of what `filter` selects, in the order of ids, and the marker of the next.
    pub fn read<D: Document>(&self, store: &SharedStore, filter: Filter) -> Result<(Vec<D>, Option<String>), Error> {
        self.read_some(store, filter, |_| true)
    }

    /// The same of those that `is_wanted` says yes to.
    pub fn read_some<D: Document>(
        &self,
        store: &SharedStore,
        filter: Filter,
        is_wanted: impl Fn(&D) -> bool,
    ) -> Result<(Vec<D>, Option<String>), Error> {
        let query = Query::new([self.call.operation, self.call.account(), self.about]);
        let after = match self.marker.filter(|marker| !marker.is_empty()) {
            Some(marker) => {
                Some(query.position(marker).map_err(|_| Error::invalid("Invalid Marker provided in request"))?)
            }
            None => None,
        };
        let size = self.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(MOST).clamp(1, MOST);
        let filter = Filter { after, ..filter };
        let found = store.list::<D>(&filter)?.into_iter().filter(|found| is_wanted(found)).take(size + 1).collect();
        Ok(pagination::page(found, size, &query, Document::id))
    }
}
