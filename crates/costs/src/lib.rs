//! What things cost, as AWS's services tell it: Savings Plans that can be bought, the price list, and Cost Explorer.
//!
//! None of them computes a price: sheets, offers and bills are those of `freehold-billing`. Here are AWS's words around
//! them.

mod ce;
mod money;
mod offered;
mod pricing;
mod savingsplans;

use std::sync::Arc;

use freehold_billing::Ledger;
use freehold_core::Clock;
use freehold_store::SharedStore;
use freehold_wire::Service;
use jiff::Timestamp;

pub use pricing::{Hardware, TypeAttributes};

/// What the services stand on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub ledger: Arc<Ledger>,
    /// What the price list says of instance types besides what they cost.
    pub hardware: Arc<dyn Hardware>,
}

/// The region's cost services.
pub struct Costs {
    store: SharedStore,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
    hardware: Arc<dyn Hardware>,
}

impl Costs {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, ledger, hardware } = parts;
        Arc::new(Self { store, clock, ledger, hardware })
    }

    /// `savingsplans`, `pricing` and `ce`.
    pub fn services(self: &Arc<Self>) -> [Service; 3] {
        [savingsplans::service(self), pricing::service(self), ce::service(self)]
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
