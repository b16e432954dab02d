//! Elastic Load Balancing: what balancers should be, and the reconcilers that keep a node of `freehold-balancer` per
//! balancer.
//!
//! ```text
//!  CreateListener … ──▶ rows (model/) ──▶ reconcilers ──config.json──▶ node
//!  DescribeTargetHealth ◀── Nodes ◀──────────────────────status.json──┘
//! ```
//!
//! Operations read and write rows, and look at subnets, groups and instances by EC2's own operations. What a node serves
//! follows from the rows alone ([`model::node_config`]).

mod certificates;
pub mod classic;
mod ec2;
mod errors;
mod functions;
mod metering;
pub mod model;
mod nodes;
mod operations;
pub mod reconcile;

use std::sync::Arc;

use freehold_core::Clock;
use freehold_core::functions::Functions;
use freehold_store::SharedStore;
use freehold_wire::{Local, Service};
use jiff::Timestamp;

pub use nodes::{NoNodes, Nodes};

/// What Elastic Load Balancing stands on.
pub struct Parts {
    pub store: SharedStore,
    pub clock: Arc<dyn Clock>,
    pub region: String,
    /// For subnets, security groups, instances and certificates.
    pub local: Arc<Local>,
    /// What nodes say of targets.
    pub nodes: Arc<dyn Nodes>,
    /// What runs functions that are targets.
    pub functions: Arc<dyn Functions>,
}

/// The balancers of a region.
pub struct Elb {
    pub(crate) store: SharedStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) region: String,
    pub(crate) local: Arc<Local>,
    pub(crate) nodes: Arc<dyn Nodes>,
    pub(crate) functions: Arc<dyn Functions>,
}

impl Elb {
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, clock, region, local, nodes, functions } = parts;
        Arc::new(Self { store, clock, region, local, nodes, functions })
    }

    /// The service `elasticloadbalancing` of the version 2015-12-01.
    pub fn service(self: &Arc<Self>) -> Service {
        operations::service(self)
    }

    /// The same of the version 2012-06-01, which has classic balancers.
    pub fn classic_service(self: &Arc<Self>) -> Service {
        classic::operations::service(self)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
