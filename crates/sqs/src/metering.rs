//! Requests are what queues cost (*Amazon SQS pricing: every API action counts as a request; each 64 KB of a payload is
//! one*).

use crate::Sqs;
use crate::registry::Queue;

const PAYLOAD: usize = 64 << 10;

impl Sqs {
    /// Counts so many requests of a queue.
    pub(crate) fn meter(&self, queue: &Queue, times: u64) {
        let usage_type = if queue.is_fifo() { "Requests-FIFO-Tier1" } else { "Requests-Tier1" };
        let who = (&*queue.definition.account, &*queue.arn);
        self.counter.count(who, ("AWSQueueService", usage_type), self.clock.now(), times);
    }

    /// Counts what a payload is more than the one request that was counted already.
    pub(crate) fn meter_payload(&self, queue: &Queue, bytes: usize) {
        let more = bytes.div_ceil(PAYLOAD).saturating_sub(1);
        if more > 0 {
            self.meter(queue, more as u64);
        }
    }
}
