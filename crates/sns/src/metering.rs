//! What topics cost: each 64 KB of what is published is a request (*Amazon SNS pricing*). Deliveries to queues and functions
//! are free, those to HTTP endpoints are counted.

use crate::Sns;
use crate::model::Topic;

const SERVICE: &str = "AmazonSNS";
const PAYLOAD: usize = 64 << 10;

impl Sns {
    pub(crate) fn meter_publish(&self, topic: &Topic, bytes: usize) {
        let requests = bytes.div_ceil(PAYLOAD).max(1) as u64;
        self.counter.count((&*topic.account, &*topic.arn), (SERVICE, "Requests-Tier1"), self.now(), requests);
    }

    pub(crate) fn meter_http(&self, topic: &Topic) {
        let who = (&*topic.account, &*topic.arn);
        self.counter.count(who, (SERVICE, "DeliveryAttempts-HTTP"), self.now(), 1);
    }
}
