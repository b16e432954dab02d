//! Classic load balancers, the API of 2012-06-01: a balancer with its listeners, its health check and its instances in
//! one row ([`model::Classic`] within a [`LoadBalancer`](crate::model::LoadBalancer)). Its node is told of a target group
//! for each listener ([`model::node_config`]); all else is as of other balancers.

mod errors;
pub mod model;
pub(crate) mod operations;

use freehold_core::Arn;

use crate::model::arns::SERVICE;

/// As others name it. Its row has another one, which two balancers of the same name, one after the other, do not share.
pub(crate) fn arn(region: &str, account: &str, name: &str) -> String {
    Arn::new(SERVICE, region, account, format!("loadbalancer/{name}")).to_string()
}
