//! Where events come from that nobody put by a call: services of the region, and other services' targets.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use freehold_core::Arn;
use freehold_core::events::{EventSink, ServiceEvent};
use freehold_core::targets::{Sender, Target, TargetError};

use crate::Events;
use crate::event::Event;
use crate::model::{DEFAULT_BUS, bus_arn};

/// Puts what services tell on the default bus of the account.
pub struct Sink(pub Arc<Events>);

impl EventSink for Sink {
    fn tell(&self, event: ServiceEvent) {
        let events = Arc::clone(&self.0);
        tokio::spawn(async move {
            let bus = bus_arn(&events.region, &event.account, DEFAULT_BUS);
            let Some(told) = Event::of_service(&event, &events.region) else { return };
            if let Err(error) = events.tell(&bus, &told, false).await {
                tracing::error!(%error, source = event.source, "what a service told is lost");
            }
        });
    }
}

/// Buses, for other services that have events for them.
pub(crate) struct BusTarget(pub Weak<Events>);

#[async_trait]
impl Target for BusTarget {
    async fn deliver(&self, to: &Arn, payload: &[u8], _: &Sender) -> Result<(), TargetError> {
        let gone = || TargetError::Unavailable("the region ends".into());
        let events = self.0.upgrade().ok_or_else(gone)?;
        let bus = to.to_string();
        if !events.has_bus(&bus) {
            return Err(TargetError::Refused(format!("There is no event bus {bus}.")));
        }
        let event = std::str::from_utf8(payload).ok().and_then(Event::read);
        let event = event.ok_or_else(|| TargetError::Refused("What goes to an event bus must be an event.".into()))?;
        let failed = |error: crate::errors::Error| TargetError::Unavailable(error.to_string());
        events.tell(&bus, &event, true).await.map_err(failed)
    }
}
