//! Measurements of metric filters on their way to CloudWatch. Whoever puts events does not wait for them.

use std::sync::Arc;

use freehold_api::cloudwatch::{PutMetricDataInput, op};
use freehold_core::Principal;
use freehold_wire::Local;
use tokio::sync::mpsc;

use crate::ingest::Measured;

/// Requests whose measurements may wait; those beyond are lost.
const WAITING: usize = 1_024;
/// Measurements in a request (*CloudWatch API reference, PutMetricData: MetricData*).
const DATA: usize = 1_000;

pub(crate) type Order = (String, Vec<Measured>);

/// Takes measurements of accounts.
pub(crate) fn channel() -> (mpsc::Sender<Order>, mpsc::Receiver<Order>) {
    mpsc::channel(WAITING)
}

/// Hands over what comes, until nobody sends any more.
pub(crate) async fn hand_over(local: Arc<Local>, mut orders: mpsc::Receiver<Order>) {
    while let Some((account, all)) = orders.recv().await {
        for Measured { namespace, data } in all {
            for part in data.chunks(DATA) {
                let input = PutMetricDataInput {
                    namespace: Some(namespace.clone()),
                    metric_data: Some(part.to_vec()),
                    ..Default::default()
                };
                let robot = Principal::service_linked(&account, "CloudWatchLogs");
                if let Err(error) = local.call::<op::PutMetricData>(robot, input).await {
                    tracing::warn!(%error, namespace, "measurements of a metric filter were refused");
                }
            }
        }
    }
}
