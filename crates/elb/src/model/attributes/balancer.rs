//! Attributes of balancers.

use std::path::Path;

use freehold_balancer::config::{self, AccessLog, Desync, Kind, XffMode};

use super::{Attribute, Attributes, fixed, of_balancer, one_of, text, truth, whole};
use crate::model::LoadBalancer;

const BOTH: &[Attribute] = &[
    truth("access_logs.s3.enabled", "false"),
    text("access_logs.s3.bucket", 63),
    text("access_logs.s3.prefix", 512),
    truth("deletion_protection.enabled", "false"),
    fixed("ipv6.deny_all_igw_traffic", "false"),
    fixed("zonal_shift.config.enabled", "false"),
];

const APPLICATION: &[Attribute] = &[
    // Of application balancers it is the target groups that decide.
    fixed("load_balancing.cross_zone.enabled", "true"),
    whole("idle_timeout.timeout_seconds", "60", 1, 4000),
    whole("client_keep_alive.seconds", "3600", 60, 604_800),
    fixed("connection_logs.s3.enabled", "false"),
    fixed("connection_logs.s3.bucket", ""),
    fixed("connection_logs.s3.prefix", ""),
    one_of("routing.http.desync_mitigation_mode", "defensive", &["monitor", "defensive", "strictest"]),
    truth("routing.http.drop_invalid_header_fields.enabled", "false"),
    truth("routing.http.preserve_host_header.enabled", "false"),
    truth("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"),
    truth("routing.http.xff_client_port.enabled", "false"),
    one_of("routing.http.xff_header_processing.mode", "append", &["append", "preserve", "remove"]),
    truth("routing.http2.enabled", "true"),
    fixed("waf.fail_open.enabled", "false"),
];

const NETWORK: &[Attribute] = &[
    truth("load_balancing.cross_zone.enabled", "false"),
    fixed("dns_record.client_routing_policy", "any_availability_zone"),
    fixed("secondary_ips.auto_assigned.per_subnet", "0"),
];

/// Those of classic balancers, by the names that the others have (*API reference 2012-06-01, LoadBalancerAttributes*).
const CLASSIC: &[Attribute] = &[
    one_of(EMIT_INTERVAL, "60", &["5", "60"]),
    truth("load_balancing.cross_zone.enabled", "false"),
    whole("idle_timeout.timeout_seconds", "60", 1, 4000),
    truth("connection_draining.enabled", "false"),
    whole("connection_draining.timeout", "300", 1, 3600),
    one_of("routing.http.desync_mitigation_mode", "defensive", &["monitor", "defensive", "strictest"]),
];

/// Minutes.
const EMIT_INTERVAL: &str = "access_logs.emit_interval";

pub(super) fn known(kind: Kind) -> Vec<Attribute> {
    let own = match kind {
        Kind::Application => APPLICATION,
        Kind::Classic => CLASSIC,
        Kind::Network => NETWORK,
    };
    [BOTH, own].concat()
}

/// What the node must know of them. Access logs go below `buckets`, where a directory stands for each bucket.
pub fn node_attributes(balancer: &LoadBalancer, region: &str, buckets: &Path) -> config::Attributes {
    let attributes = of_balancer(balancer);
    let is_network = balancer.kind == Kind::Network;
    let is_application = balancer.kind == Kind::Application;
    config::Attributes {
        idle_timeout_seconds: if is_network { 350 } else { attributes.number("idle_timeout.timeout_seconds") },
        client_keep_alive_seconds: if is_application { attributes.number("client_keep_alive.seconds") } else { 3600 },
        http2: attributes.is("routing.http2.enabled"),
        drop_invalid_header_fields: attributes.is("routing.http.drop_invalid_header_fields.enabled"),
        preserve_host_header: attributes.is("routing.http.preserve_host_header.enabled"),
        xff_client_port: attributes.is("routing.http.xff_client_port.enabled"),
        xff_mode: match attributes.get("routing.http.xff_header_processing.mode") {
            "preserve" => XffMode::Preserve,
            "remove" => XffMode::Remove,
            _ => XffMode::Append,
        },
        desync_mitigation: match attributes.get("routing.http.desync_mitigation_mode") {
            "monitor" => Desync::Monitor,
            "strictest" => Desync::Strictest,
            _ => Desync::Defensive,
        },
        tls_headers: attributes.is("routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
        cross_zone: attributes.is("load_balancing.cross_zone.enabled"),
        access_log: access_log(balancer, &attributes, region, buckets),
    }
}

fn access_log(balancer: &LoadBalancer, of: &Attributes<'_>, region: &str, buckets: &Path) -> Option<AccessLog> {
    let (bucket, prefix) = (of.get("access_logs.s3.bucket"), of.get("access_logs.s3.prefix"));
    (of.is("access_logs.s3.enabled") && is_bucket(bucket) && is_prefix(prefix)).then(|| AccessLog {
        directory: buckets.join(bucket).join(prefix),
        account: balancer.account.clone(),
        region: region.to_owned(),
        // Classic balancers write every five minutes or every hour; of the others there is no such attribute.
        interval_seconds: of.get(EMIT_INTERVAL).parse::<u32>().map_or(300, |minutes| minutes.saturating_mul(60)),
    })
}

/// *S3 user guide, Bucket naming rules*, as far as it keeps the name one of a directory.
pub(crate) fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && !name.contains("..")
}

/// Whether the prefix stays below the bucket and is none of the names that AWS keeps for itself.
pub(crate) fn is_prefix(prefix: &str) -> bool {
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'!'))
    };
    prefix.is_empty() || (!prefix.contains("AWSLogs") && prefix.split('/').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_stay_below_their_directory() {
        for name in ["logs", "my-logs.example"] {
            assert!(is_bucket(name), "{name}");
        }
        for name in ["", "..", "a/b", ".hidden", "a..b", "UPPER", "/etc"] {
            assert!(!is_bucket(name), "{name}");
        }
        for prefix in ["", "web", "web/eu"] {
            assert!(is_prefix(prefix), "{prefix}");
        }
        for prefix in ["..", "a/../b", "/a", "a/", "a//b", "x/AWSLogs", "a\0"] {
            assert!(!is_prefix(prefix), "{prefix}");
        }
    }
}
