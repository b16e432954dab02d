//! One file per operation, named as AWS names it.

mod arns;
mod pages;
mod permissions;
mod protection;
mod publishing;
mod push;
mod sms;
mod subscriptions;
mod tags;
mod topics;

use std::sync::Arc;

use freehold_api::sns::{self, op};
use freehold_wire::Service;

use crate::Sns;

/// The service `sns`. What links in messages lead to needs no signature.
pub(crate) fn service(state: &Arc<Sns>) -> Service {
    let service = Service::new(&sns::MODEL).unsigned(op::ConfirmSubscription).unsigned(op::Unsubscribe);
    let service = topics::register(service, state);
    let service = subscriptions::register(service, state);
    let service = publishing::register(service, state);
    let service = permissions::register(service, state);
    let service = tags::register(service, state);
    let service = sms::register(service, state);
    let service = push::register(service, state);
    protection::register(service, state)
}
