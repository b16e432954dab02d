//! What a guest hears when it asks for neighbours, frame by frame, through the tap of a virtual machine.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Region;
use super::fixture::{Planning, interface, vpc};
use super::guest::{PATIENCE, SILENCE};
use crate::net::Network;
use crate::spec::MacAddr;

const A: &str = "eni-0000000000000000a";
const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 10);

/// The header that `IFF_VNET_HDR` puts before each frame.
const VNET: usize = 10;

fn arp_request(mac: MacAddr, sender: Ipv4Addr, target: Ipv4Addr) -> Vec<u8> {
    let mut frame = vec![0; VNET];
    frame.extend([0xff; 6]);
    frame.extend(mac.0);
    // ARP over Ethernet for IPv4, a request.
    frame.extend([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
    frame.extend(mac.0);
    frame.extend(sender.octets());
    frame.extend([0; 6]);
    frame.extend(target.octets());
    frame.resize(VNET + 60, 0);
    frame
}

/// Whether somebody claims to be `target`.
fn is_answered(tap: &mut File, request: &[u8], target: Ipv4Addr, expected: bool) -> bool {
    tap.write_all(request).unwrap();
    let patience = if expected { PATIENCE } else { SILENCE };
    let started = Instant::now();
    let mut frame = [0; 2048];
    while let Some(left) = patience.checked_sub(started.elapsed()) {
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        if poll(&mut [PollFd::new(&*tap, PollFlags::IN)], Some(&timeout)).unwrap() == 0 {
            return false;
        }
        let length = tap.read(&mut frame).unwrap();
        let frame = &frame[VNET..length];
        // An ARP reply in the target's name.
        if frame.len() >= 42 && frame[12..14] == [8, 6] && frame[21] == 2 && frame[28..32] == target.octets() {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vpc_answers_for_everybody_but_the_guest_itself() {
    let Some(region) = Region::new() else { return };
    let plan = vpc("vpc-00000000000000a11").eni(A, 10, None, &[]);
    region.apply(&plan).await;
    let interface = interface(&plan, A);
    let mut tap = match region.network.attach_vm(&interface).await {
        Ok(tap) => File::from(tap),
        Err(crate::Error::Unsupported(reason)) => return eprintln!("SKIPPED: {reason}"),
        Err(error) => panic!("{error}"),
    };
    for target in [Ipv4Addr::new(10, 0, 1, 1), Ipv4Addr::new(10, 0, 1, 200), Ipv4Addr::new(169, 254, 169, 254)] {
        let request = arp_request(interface.mac, OWN, target);
        assert!(is_answered(&mut tap, &request, target, true), "{target}");
    }
    // Duplicate address detection asks from nowhere, an announcement from the address itself.
    for sender in [Ipv4Addr::UNSPECIFIED, OWN] {
        let request = arp_request(interface.mac, sender, OWN);
        assert!(!is_answered(&mut tap, &request, OWN, false), "from {sender}");
    }
}
