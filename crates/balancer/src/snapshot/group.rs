//! A target group, ready to be chosen from.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::Live;
use crate::config::{self, Algorithm, HealthCheck, Protocol, ProtocolVersion, Stickiness, TargetKind};

#[derive(Debug)]
pub struct Group {
    pub arn: String,
    pub kind: TargetKind,
    pub protocol: Protocol,
    pub version: ProtocolVersion,
    pub algorithm: Algorithm,
    pub stickiness: Option<Stickiness>,
    pub slow_start_seconds: u32,
    pub cross_zone: Option<bool>,
    pub preserve_client_ip: bool,
    pub multi_value_headers: bool,
    pub proxy_protocol_v2: bool,
    pub proxy_protocol_v1: bool,
    pub fails_open: bool,
    pub deregistration_delay_seconds: u32,
    pub terminate_connections_after_delay: bool,
    pub health_check: HealthCheck,
    /// In use by a rule of a listener.
    pub is_used: bool,
    pub targets: Vec<Arc<Target>>,
    /// Whose turn it is.
    pub turn: AtomicUsize,
}

#[derive(Debug)]
pub struct Target {
    pub id: String,
    pub address: SocketAddr,
    pub zone: String,
    /// Gets nothing new.
    pub is_draining: bool,
    pub draining_since: Option<i64>,
    /// Differs between targets and is the same in every process: for choice by hash and in cookies.
    pub hash: u64,
    pub live: Arc<Live>,
}

impl Group {
    pub fn new(from: &config::TargetGroup, is_used: bool, live: impl FnMut(&config::Target) -> Arc<Live>) -> Group {
        let mut live = live;
        let target = |one: &config::Target| {
            Arc::new(Target {
                id: one.id.clone(),
                address: SocketAddr::new(one.address, one.port),
                zone: one.zone.clone(),
                is_draining: one.draining_since.is_some(),
                draining_since: one.draining_since,
                hash: stable_hash(&[from.arn.as_bytes(), one.id.as_bytes(), &one.port.to_be_bytes()]),
                live: live(one),
            })
        };
        Group {
            targets: from.targets.iter().map(target).collect(),
            arn: from.arn.clone(),
            kind: from.kind,
            protocol: from.protocol,
            version: from.protocol_version,
            algorithm: from.algorithm,
            stickiness: from.stickiness.clone(),
            slow_start_seconds: from.slow_start_seconds,
            cross_zone: from.cross_zone,
            preserve_client_ip: from.preserve_client_ip,
            multi_value_headers: from.multi_value_headers,
            proxy_protocol_v2: from.proxy_protocol_v2,
            proxy_protocol_v1: from.proxy_protocol_v1,
            fails_open: from.fails_open,
            deregistration_delay_seconds: from.deregistration_delay_seconds,
            terminate_connections_after_delay: from.terminate_connections_after_delay,
            health_check: from.health_check.clone(),
            is_used,
            turn: AtomicUsize::new(0),
        }
    }

    /// Whether its target is a function, which has no address.
    pub fn is_function(&self) -> bool {
        self.kind == TargetKind::Lambda
    }

    pub fn uses_tls(&self) -> bool {
        matches!(self.protocol, Protocol::Https | Protocol::Tls)
    }
}

/// FNV-1a over the parts, each followed by a separator, and mixed at the end so that near inputs part.
pub fn stable_hash(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}
