//! Which products there are, in an order that never changes while a region runs.

use std::collections::BTreeSet;

use freehold_billing::engine::Product;

use super::errors::{Error, Result};
use crate::{Costs, offered};

impl Costs {
    /// Codes of all services with a price, in order.
    pub(super) fn service_codes(&self) -> Vec<String> {
        let fixed = ["AmazonEC2", "AmazonECS", "AWSLambda"];
        let rates = self.ledger.sheet().flat_rates().map(|(service, ..)| service);
        let all: BTreeSet<_> = fixed.into_iter().chain(rates).map(str::to_owned).collect();
        all.into_iter().collect()
    }

    pub(super) fn check_service(&self, code: &str) -> Result<()> {
        let is_known = self.service_codes().iter().any(|known| known == code);
        if is_known { Ok(()) } else { Err(Error::NoService(code.to_owned())) }
    }

    /// Every product of a service that has a price.
    pub(super) fn products(&self, service: &str) -> Vec<Product> {
        let ledger = &self.ledger;
        let mut found = Vec::new();
        if service == "AmazonEC2" {
            found.extend(offered::instances(ledger).chain(offered::rooms(ledger)).chain(offered::hosts(ledger)));
        }
        found.extend(offered::without_instances(ledger.region()).filter(|product| product.service() == service));
        let rates = ledger.sheet().flat_rates().filter(|(of, ..)| *of == service);
        found.extend(rates.map(|(service, usage_type, ..)| Product::Other {
            region: ledger.region().clone(),
            service: service.into(),
            usage_type: usage_type.into(),
        }));
        found
    }
}
