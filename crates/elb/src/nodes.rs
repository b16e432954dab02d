//! What is known of balancers' nodes: the operations ask, the reconcilers know.

use std::sync::Arc;

use freehold_balancer::status::Status;

/// Who reads what nodes write down.
pub trait Nodes: Send + Sync + 'static {
    /// What the balancer's node wrote last; `None` where there is no node, or it wrote nothing yet.
    fn status(&self, balancer_arn: &str) -> Option<Arc<Status>>;
}

/// Where there are no nodes: balancers exist in state only, and nobody checks a target.
pub struct NoNodes;

impl Nodes for NoNodes {
    fn status(&self, _: &str) -> Option<Arc<Status>> {
        None
    }
}
