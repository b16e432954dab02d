//! What is told to CloudWatch (*Developer guide, Viewing metrics for Lambda functions*).

use freehold_core::metrics::Datum;

use super::Resolved;
use super::concurrency::Permit;
use crate::Lambda;

const NAMESPACE: &str = "AWS/Lambda";

impl Lambda {
    /// After an invocation that ran.
    pub(super) fn measure_run(&self, resolved: &Resolved, duration_ms: f64, failed: bool, permit: &Permit) {
        let error = if failed { 1.0 } else { 0.0 };
        let values = [
            ("Invocations", 1.0, "Count"),
            ("Errors", error, "Count"),
            ("Duration", duration_ms, "Milliseconds"),
            ("ConcurrentExecutions", f64::from(permit.of_function), "Count"),
        ];
        self.measure(resolved, &values);
        let at = self.now();
        let all = Datum::one(NAMESPACE, "ConcurrentExecutions", Vec::new(), at, f64::from(permit.of_account), "Count");
        self.metrics.record(&resolved.function.account, vec![all]);
    }

    pub(super) fn measure_throttle(&self, resolved: &Resolved) {
        self.measure(resolved, &[("Throttles", 1.0, "Count")]);
    }

    /// Of the function, and of the version or alias that was named.
    pub(crate) fn measure(&self, resolved: &Resolved, values: &[(&'static str, f64, &'static str)]) {
        let at = self.now();
        let name = &resolved.function.name;
        let qualifier = resolved.invoked_arn.strip_prefix(&resolved.function.arn).unwrap_or_default();
        let mut data = Vec::with_capacity(values.len() * 2);
        for (metric, value, unit) in values {
            let mut one = |dimensions| data.push(Datum::one(NAMESPACE, metric, dimensions, at, *value, unit));
            one(vec![("FunctionName", name.clone())]);
            let mut dimensions = vec![("FunctionName", name.clone()), ("Resource", format!("{name}{qualifier}"))];
            if !qualifier.is_empty() && qualifier[1..] != resolved.version.number {
                dimensions.push(("ExecutedVersion", resolved.version.number.clone()));
            }
            one(dimensions);
        }
        self.metrics.record(&resolved.function.account, data);
    }
}
