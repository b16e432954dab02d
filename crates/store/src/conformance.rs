//! What every store must do. A store's tests are `suite!(open)`, where `open` is a closure that resolves to a new,
//! empty store and whatever must outlive it (its directory).

pub(crate) mod atomicity;
pub(crate) mod model;
pub(crate) mod selection;
pub(crate) mod watching;

use serde::{Deserialize, Serialize};

use crate::{Document, Error, Row};

/// What is stored in these tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ship {
    pub id: String,
    pub account: String,
    pub port: Option<String>,
    pub cargo: u64,
}

impl Ship {
    pub fn new(id: &str, account: &str, port: Option<&str>) -> Self {
        Self { id: id.into(), account: account.into(), port: port.map(str::to_owned), cargo: 0 }
    }
}

impl Document for Ship {
    const KIND: &'static str = "test.ship";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn index(&self) -> [Option<String>; 3] {
        [None, self.port.clone(), None]
    }
}

/// A closure's own refusal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no")]
    No,
    #[error(transparent)]
    Store(#[from] Error),
}

/// A row of any kind, without a document worth the name.
pub(crate) fn row(kind: &str, id: &str) -> Row {
    Row {
        kind: kind.into(),
        id: id.into(),
        account: "111122223333".into(),
        region: "eu-test-1".into(),
        revision: 0,
        document: b"{}".to_vec(),
        index: [None, None, None],
    }
}

/// Instantiates the suite for one store.
macro_rules! suite {
    ($open:expr) => {
        mod conformance {
            crate::conformance::suite!(@case $open, atomicity:
                what_was_written_is_read,
                a_transaction_sees_its_own_writes,
                a_refusal_leaves_no_trace_and_is_returned,
                a_panic_leaves_no_trace_and_harms_nobody_else,
                a_rollback_restores_what_was_overwritten_and_deleted,
                concurrent_transactions_run_one_after_the_other,
                revisions_grow_with_every_write,
                a_row_read_earlier_is_written_only_if_unchanged,
                a_client_token_is_remembered_with_its_answer,
                documents_that_cannot_be_read_are_reported,
                shared_handles_have_typed_access,
            );
            crate::conformance::suite!(@case $open, selection:
                rows_come_in_the_bytewise_order_of_their_ids,
                filters_select_by_account_and_index,
                filters_select_by_ids,
                pages_cover_every_row_once,
                looking_at_rows_ends_with_the_first_error,
                kinds_do_not_mix,
            );
            crate::conformance::suite!(@case $open, watching:
                a_commit_moves_the_counters_of_its_kinds_only,
                a_rollback_moves_no_counter,
                what_a_watcher_wakes_for_is_there_to_read,
            );
            crate::conformance::suite!(@case $open, model:
                random_transactions_agree_with_a_model,
            );
        }
    };
    (@case $open:expr, $module:ident: $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (store, _keep) = ($open)().await;
                crate::conformance::$module::$name(store).await;
            }
        )+
    };
}
pub(crate) use suite;
