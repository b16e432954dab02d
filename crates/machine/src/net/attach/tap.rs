//! Interfaces of virtual machines.

use std::fs::OpenOptions;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};

use rustix::ioctl::{Updater, ioctl, opcode};

use super::{bring_up, find};
use crate::driver::{Error, Result};
use crate::net::netlink::Netlink;
use crate::net::{names, netns};
use crate::spec::Interface;

const TUN: &str = "/dev/net/tun";
const TUNSETIFF: rustix::ioctl::Opcode = opcode::write::<std::ffi::c_int>(b'T', 202);
const IFF_TAP: u16 = 0x0002;
const IFF_NO_PI: u16 = 0x1000;
const IFF_VNET_HDR: u16 = 0x4000;

/// The kernel's `struct ifreq`, as far as `TUNSETIFF` reads it.
#[repr(C)]
struct Request {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// Makes a tap in the VPC's namespace and returns its descriptor, close-on-exec. The device vanishes with the
/// last copy of it, that is, with the machine monitor.
pub fn attach(namespace: &str, interface: &Interface, addresses: &[Ipv4Addr]) -> Result<OwnedFd> {
    let name = names::eni_link(&interface.eni);
    let path = netns::path(namespace);
    let (mut vpc, tap) = netns::enter(&path, || {
        let mut vpc = Netlink::open()?;
        // A device of that name belongs to a machine monitor that is about to end.
        vpc.delete_link(&name)?;
        Ok((vpc, open(&name)?))
    })?;
    let device = find(&mut vpc, &name)?;
    bring_up(&path, &mut vpc, &device, interface, addresses)?;
    Ok(tap)
}

fn open(name: &str) -> Result<OwnedFd> {
    let tun = OpenOptions::new().read(true).write(true).open(TUN).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::Unsupported(format!("the host has no {TUN}")),
        _ => Error::io(format!("open {TUN}"), e),
    })?;
    let mut request = Request { name: [0; 16], flags: IFF_TAP | IFF_NO_PI | IFF_VNET_HDR, rest: [0; 22] };
    // Names of interfaces are 13 bytes long; the last byte stays zero whatever comes.
    let length = name.len().min(15);
    request.name[..length].copy_from_slice(&name.as_bytes()[..length]);
    // SAFETY: `TUNSETIFF` reads and writes a `struct ifreq`, which `Request` has the size and layout of.
    unsafe { ioctl(tun.as_fd(), Updater::<TUNSETIFF, Request>::new(&mut request)) }
        .map_err(|e| Error::io(format!("make the tap {name}"), e))?;
    Ok(tun.into())
}
