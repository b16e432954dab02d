//! What load balancers stand on here.

use std::sync::Arc;

use freehold_acm::Acm;
use freehold_core::metrics::Metrics;
use freehold_elb::reconcile::Tools;

use super::machines::Hardware;
use crate::data_dir::DataDir;

/// The region's own: nodes of the host, and names in its file of them.
pub fn tools(data: &DataDir, hardware: &Hardware, acm: Arc<Acm>, metrics: Arc<dyn Metrics>) -> Tools {
    Tools {
        driver: Arc::clone(&hardware.nodes),
        certificates: acm,
        metrics,
        buckets: data.buckets(),
        hosts: hardware.hosts.clone(),
    }
}
