//! What QEMU counts of a machine's disks.

use serde_json::Value;

use crate::usage::DiskTraffic;

/// All devices of an answer to `query-blockstats` together. A disk's backing files are part of it, not others.
pub fn traffic(answer: &Value) -> DiskTraffic {
    let mut sum = DiskTraffic::default();
    for device in answer.as_array().into_iter().flatten() {
        let count = |name: &str| device["stats"][name].as_u64().unwrap_or(0);
        sum.bytes_read += count("rd_bytes");
        sum.bytes_written += count("wr_bytes");
        sum.reads += count("rd_operations");
        sum.writes += count("wr_operations");
    }
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn devices_are_summed_without_their_backing_files() {
        let stats = json!({"rd_bytes": 10, "wr_bytes": 20, "rd_operations": 1, "wr_operations": 2});
        let answer = json!([{"stats": stats, "backing": {"stats": stats}}, {"stats": stats}]);
        let whole = DiskTraffic { bytes_read: 20, bytes_written: 40, reads: 2, writes: 4 };
        assert_eq!(traffic(&answer), whole);
        assert_eq!(traffic(&Value::Null), DiskTraffic::default());
    }
}
