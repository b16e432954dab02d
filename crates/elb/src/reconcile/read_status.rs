//! What nodes say of targets, for the operations that are asked.

use std::sync::Arc;

use freehold_balancer::status::Status;
use freehold_machine::node::NodeDriver;

use super::node;
use crate::Nodes;

/// Reads the files of the nodes.
pub struct ReadStatus(pub Arc<dyn NodeDriver>);

impl Nodes for ReadStatus {
    fn status(&self, balancer_arn: &str) -> Option<Arc<Status>> {
        let (_, id) = balancer_arn.rsplit_once('/')?;
        node::status(self.0.as_ref(), id).map(Arc::new)
    }
}
