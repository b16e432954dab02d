//! The choice of a target for a flow: by a hash of what identifies it, so that all of its packets, and with source
//! stickiness all flows of a client, go the same way as long as the target is there.

use std::net::{IpAddr, SocketAddr};

use super::candidates;
use crate::config::Stickiness;
use crate::snapshot::{Group, Target, stable_hash};

/// What identifies a flow (*User Guide, Network Load Balancers: protocol, addresses and ports*).
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    pub client: SocketAddr,
    pub local: SocketAddr,
    pub datagrams: bool,
}

pub fn for_flow<'a>(group: &'a Group, zone: Option<&'a str>, flow: &Flow) -> Option<&'a Target> {
    let hash = match group.stickiness {
        Some(Stickiness::SourceIp) => stable_hash(&[&octets(flow.client.ip())]),
        _ => stable_hash(&[
            &octets(flow.client.ip()),
            &flow.client.port().to_be_bytes(),
            &octets(flow.local.ip()),
            &flow.local.port().to_be_bytes(),
            &[u8::from(flow.datagrams)],
        ]),
    };
    // The highest of a hash over both: if a target goes, only its own flows find another one.
    candidates(group, zone).max_by_key(|target| stable_hash(&[&hash.to_be_bytes(), &target.hash.to_be_bytes()]))
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::target::tests::group;
    use crate::config::Algorithm;
    use crate::status::State;

    fn flow(port: u16) -> Flow {
        let client = SocketAddr::new("10.9.9.9".parse().unwrap(), port);
        Flow { client, local: "10.0.0.10:80".parse().unwrap(), datagrams: false }
    }

    #[test]
    fn flows_spread_and_move_only_if_their_target_goes() {
        let group = group(Algorithm::RoundRobin, &[State::Healthy; 3]);
        let choose = |port| for_flow(&group, None, &flow(port)).unwrap().address.port();
        let before: Vec<u16> = (1..300).map(choose).collect();
        for target in [80, 81, 82] {
            assert!(before.iter().filter(|chosen| **chosen == target).count() > 50);
        }
        group.targets[1].live.set(State::Unhealthy, "", "", 0);
        for (port, was) in (1..300).zip(before) {
            assert!(was == 81 || choose(port) == was);
        }
    }

    #[test]
    fn a_sticky_source_stays_with_one_target() {
        let mut group = group(Algorithm::RoundRobin, &[State::Healthy; 3]);
        group.stickiness = Some(Stickiness::SourceIp);
        let first = for_flow(&group, None, &flow(1)).unwrap().address;
        assert!((2..100).all(|port| for_flow(&group, None, &flow(port)).unwrap().address == first));
    }
}
