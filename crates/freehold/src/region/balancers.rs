//! What load balancers stand on here.

use std::sync::Arc;

use freehold_core::certificates::{Certificate, Certificates};
use freehold_core::metrics::Metrics;
use freehold_elb::reconcile::Tools;

use super::machines::Hardware;
use crate::data_dir::DataDir;

/// The region's own: nodes of the host, and names in its file of them.
pub fn tools(data: &DataDir, hardware: &Hardware, metrics: Arc<dyn Metrics>) -> Tools {
    Tools {
        driver: Arc::clone(&hardware.nodes),
        certificates: Arc::new(NoCertificates),
        metrics,
        buckets: data.buckets(),
        hosts: hardware.hosts.clone(),
    }
}

/// Until there is a Certificate Manager nobody has any.
struct NoCertificates;

impl Certificates for NoCertificates {
    fn pem(&self, _account: &str, _arn: &str) -> Option<Certificate> {
        None
    }
}
