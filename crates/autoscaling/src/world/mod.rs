//! Other services, as Auto Scaling calls them: in the account of the group, by the service-linked role.

mod alarms;
mod classic;
mod instances;
mod post;
mod request;
mod templates;
mod traffic;
mod zones;

use std::sync::Arc;

use freehold_core::Principal;
use freehold_wire::service::Operation;
use freehold_wire::{Error, Local};

pub(crate) use alarms::{Alarm, name as alarm_name};
pub(crate) use instances::{NO_ROOM, Seen, is_for_now};
pub(crate) use request::{Place, launch_request};
pub(crate) use templates::Version;
pub(crate) use traffic::TargetState;

/// Calls other services.
#[derive(Clone)]
pub(crate) struct World {
    local: Arc<Local>,
}

impl World {
    pub fn new(local: Arc<Local>) -> Self {
        Self { local }
    }

    async fn call<O: Operation>(&self, account: &str, input: O::Input) -> Result<O::Output, Error> {
        self.local.call::<O>(Principal::service_linked(account, "AutoScaling"), input).await
    }
}
