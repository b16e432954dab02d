//! What is counted. Each worker has cells of its own, which it alone writes and the keeper adds up: a request pays for
//! plain stores to a cache line that no other thread writes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A number with one writer.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn add(&self, more: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(more), Relaxed);
    }

    pub fn sub(&self, less: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_sub(less), Relaxed);
    }

    pub fn raise_to(&self, value: u64) {
        if value > self.get() {
            self.0.store(value, Relaxed);
        }
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// One `T` for each worker, no two on one cache line.
#[derive(Debug)]
pub struct PerWorker<T>(Box<[Padded<T>]>);

#[derive(Debug, Default)]
#[repr(align(128))]
struct Padded<T>(T);

impl<T: Default> PerWorker<T> {
    pub fn new(workers: usize) -> PerWorker<T> {
        PerWorker((0..workers).map(|_| Padded::default()).collect())
    }
}

impl<T> PerWorker<T> {
    pub fn of(&self, worker: usize) -> &T {
        &self.0[worker].0
    }

    pub fn sum(&self, part: impl Fn(&T) -> u64) -> u64 {
        self.0.iter().map(|one| part(&one.0)).fold(0, u64::wrapping_add)
    }

    pub fn max(&self, part: impl Fn(&T) -> u64) -> u64 {
        self.0.iter().map(|one| part(&one.0)).max().unwrap_or(0)
    }
}

/// Of the whole balancer; [`crate::status::Counters`] says what each is.
#[derive(Debug, Default)]
pub struct NodeCells {
    pub requests: Count,
    pub new_connections: Count,
    pub active_connections: Count,
    pub rejected_connections: Count,
    pub tls_errors: Count,
    /// Of HTTP, and of TCP as it is.
    pub bytes: Count,
    pub tls_bytes: Count,
    pub udp_bytes: Count,
    pub elb_3xx: Count,
    pub elb_4xx: Count,
    pub elb_5xx: Count,
    pub fixed_responses: Count,
    pub redirects: Count,
    pub new_flows: Count,
    pub active_flows: Count,
    pub new_tls_flows: Count,
    pub active_tls_flows: Count,
    pub new_udp_flows: Count,
    pub active_udp_flows: Count,
    pub rule_evaluations: Count,
    pub paid_rule_evaluations: Count,
}

/// Of a target group in one zone; [`crate::status::GroupCounters`] says what each is.
#[derive(Debug, Default)]
pub struct GroupCells {
    pub requests: Count,
    pub connection_errors: Count,
    pub target_2xx: Count,
    pub target_3xx: Count,
    pub target_4xx: Count,
    pub target_5xx: Count,
    pub response_times: Count,
    pub response_micros: Count,
    pub response_micros_max: Count,
    pub function_user_errors: Count,
    pub function_internal_errors: Count,
    pub function_bytes: Count,
}

impl GroupCells {
    pub fn answered(&self, status: u16, micros: u64) {
        match status / 100 {
            2 => self.target_2xx.add(1),
            3 => self.target_3xx.add(1),
            4 => self.target_4xx.add(1),
            5 => self.target_5xx.add(1),
            _ => {}
        }
        self.response_times.add(1);
        self.response_micros.add(micros);
        self.response_micros_max.raise_to(micros);
    }
}

impl NodeCells {
    /// The balancer answered by itself.
    pub fn answered(&self, status: u16) {
        match status / 100 {
            3 => self.elb_3xx.add(1),
            4 => self.elb_4xx.add(1),
            5 => self.elb_5xx.add(1),
            _ => {}
        }
    }
}

/// A count of what is under way, given back when this goes out of scope.
pub struct Under<'a>(&'a Count);

impl<'a> Under<'a> {
    pub fn way(count: &'a Count) -> Under<'a> {
        count.add(1);
        Under(count)
    }
}

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.sub(1);
    }
}
