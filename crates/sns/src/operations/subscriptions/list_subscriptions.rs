//! ListSubscriptions: the caller's.

use std::sync::Arc;

use freehold_api::sns::{ListSubscriptionsInput, ListSubscriptionsResponse};
use freehold_store::Filter;
use freehold_wire::Call;

use super::view;
use crate::Sns;
use crate::operations::pages::{PAGE, page};

pub(super) async fn list_subscriptions(
    sns: Arc<Sns>,
    call: Call,
    input: ListSubscriptionsInput,
) -> Result<ListSubscriptionsResponse, freehold_wire::Error> {
    let filter = Filter::account(call.account());
    let (found, next_token) = page(&sns.store, &call, "", filter, input.next_token.as_deref(), PAGE)?;
    let subscriptions = found.into_iter().map(view::subscription).collect();
    Ok(ListSubscriptionsResponse { subscriptions: Some(subscriptions), next_token })
}
