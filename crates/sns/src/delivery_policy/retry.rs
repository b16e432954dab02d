//! The four phases of retries: immediate, pre-backoff, backoff, post-backoff.

use std::time::Duration;

/// *Message delivery retries*: "the total policy retry time for an HTTP/S endpoint cannot be greater than 3,600 seconds.
/// This is a hard limit and cannot be increased."
const TOTAL_LIMIT: Duration = Duration::from_secs(3600);

/// A retry policy that was checked: `min_delay <= max_delay`, and the three other phases leave the backoff phase no
/// negative number of `retries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RetryPolicy {
    /// Seconds.
    pub min_delay: u32,
    /// Seconds.
    pub max_delay: u32,
    /// Of all phases together.
    pub retries: u32,
    pub no_delay_retries: u32,
    pub min_delay_retries: u32,
    pub max_delay_retries: u32,
    pub backoff: Backoff,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            min_delay: 20,
            max_delay: 20,
            retries: 3,
            no_delay_retries: 0,
            min_delay_retries: 0,
            max_delay_retries: 0,
            backoff: Backoff::Linear,
        }
    }
}

/// How delays grow in the backoff phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backoff {
    Arithmetic,
    Exponential,
    Geometric,
    Linear,
}

impl Backoff {
    pub(super) const ALL: [Self; 4] = [Self::Arithmetic, Self::Exponential, Self::Geometric, Self::Linear];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Exponential => "exponential",
            Self::Geometric => "geometric",
            Self::Linear => "linear",
        }
    }
}

impl RetryPolicy {
    /// How long to wait before retry `n`, counted from 1; `None` where the policy is exhausted.
    pub(super) fn delay_before_retry(&self, n: u32) -> Option<Duration> {
        if n == 0 || n > self.retries {
            return None;
        }
        let total: Duration = (1..=n).map(|retry| self.delay(retry)).sum();
        (total <= TOTAL_LIMIT).then(|| self.delay(n))
    }

    fn delay(&self, n: u32) -> Duration {
        let backoff_begins = self.no_delay_retries + self.min_delay_retries;
        let backoff_ends = self.retries - self.max_delay_retries;
        if n <= self.no_delay_retries {
            Duration::ZERO
        } else if n <= backoff_begins {
            Duration::from_secs(self.min_delay.into())
        } else if n <= backoff_ends {
            self.backoff_delay(n - backoff_begins - 1, backoff_ends - backoff_begins)
        } else {
            Duration::from_secs(self.max_delay.into())
        }
    }

    /// The delay of retry `index` of `count` in the backoff phase: the minimum for the first, the maximum for the last.
    ///
    /// The guide draws the functions and does not write them down. In its drawing (from 5 to 260 seconds in ten retries)
    /// they lie below one another: linear has equal steps, arithmetic equally growing steps, geometric equal ratios,
    /// exponential steps that double.
    fn backoff_delay(&self, index: u32, count: u32) -> Duration {
        let (low, high) = (f64::from(self.min_delay), f64::from(self.max_delay));
        if index == 0 || count < 2 {
            return Duration::from_secs(self.min_delay.into());
        }
        let (at, last) = (f64::from(index), f64::from(count - 1));
        let seconds = match self.backoff {
            Backoff::Linear => low + (high - low) * at / last,
            Backoff::Arithmetic => low + (high - low) * (at * (at + 1.0)) / (last * (last + 1.0)),
            Backoff::Geometric => low * (high / low).powf(at / last),
            Backoff::Exponential => low + (high - low) * (at.exp2() - 1.0) / (last.exp2() - 1.0),
        };
        // To the millisecond; the bounds are whole seconds, so that rounding does not leave them.
        let millis = (seconds.clamp(low, high) * 1000.0).round();
        Duration::from_millis(millis as u64)
    }
}
