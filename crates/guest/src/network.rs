//! Network interfaces of a virtual machine, set as the kernel's command line says. (A container finds its
//! interfaces ready.) Plain ioctls: no `ip` program is needed in the image.

use std::ffi::CString;
use std::io::{Error, Result};
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// One interface: `<mac>,<address>/<prefix>,<gateway>,<mtu>`.
#[derive(Debug, PartialEq, Eq)]
pub struct Interface {
    pub mac: String,
    pub address: Ipv4Addr,
    pub prefix: u32,
    pub gateway: Ipv4Addr,
    pub mtu: i32,
}

/// Reads the value of `freehold.net`; an entry that makes no sense is left out.
pub fn parse(value: &str) -> Vec<Interface> {
    value.split(';').filter_map(parse_one).collect()
}

fn parse_one(entry: &str) -> Option<Interface> {
    let mut parts = entry.split(',');
    let mac = parts.next()?.to_ascii_lowercase();
    let (address, prefix) = parts.next()?.split_once('/')?;
    Some(Interface {
        mac,
        address: address.parse().ok()?,
        prefix: prefix.parse().ok().filter(|prefix| *prefix <= 32)?,
        gateway: parts.next()?.parse().ok()?,
        mtu: parts.next()?.parse().ok()?,
    })
}

/// Brings up the loopback and every interface, the first with the default route.
pub fn configure(interfaces: &[Interface]) {
    let socket = match Socket::open() {
        Ok(socket) => socket,
        Err(error) => return crate::console::say(&format!("no network: {error}")),
    };
    if let Err(error) = socket.up("lo") {
        crate::console::say(&format!("lo: {error}"));
    }
    for (index, interface) in interfaces.iter().enumerate() {
        if let Err(error) = configure_one(&socket, index, interface) {
            crate::console::say(&format!("{} ({}): {error}", interface.address, interface.mac));
        }
    }
}

fn configure_one(socket: &Socket, index: usize, interface: &Interface) -> Result<()> {
    let name = device(&interface.mac).ok_or_else(|| Error::other("no device with this Ethernet address"))?;
    let wanted = format!("eth{index}");
    if name != wanted {
        socket.rename(&name, &wanted)?;
    }
    let mask = u32::MAX.checked_shl(32 - interface.prefix).unwrap_or(0);
    socket.set_mtu(&wanted, interface.mtu)?;
    socket.set_address(&wanted, libc::SIOCSIFADDR, interface.address)?;
    socket.set_address(&wanted, libc::SIOCSIFNETMASK, Ipv4Addr::from(mask))?;
    socket.up(&wanted)?;
    if index == 0 {
        socket.default_route(&wanted, interface.gateway)?;
    }
    Ok(())
}

fn device(mac: &str) -> Option<String> {
    std::fs::read_dir("/sys/class/net").ok()?.flatten().find_map(|entry| {
        let found = std::fs::read_to_string(entry.path().join("address")).ok()?;
        (found.trim() == mac).then(|| entry.file_name().to_string_lossy().into_owned())
    })
}

struct Socket(OwnedFd);

impl Socket {
    fn open() -> Result<Self> {
        // SAFETY: a descriptor that socket(2) returned is ours alone.
        unsafe {
            let fd = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
            if fd < 0 { Err(Error::last_os_error()) } else { Ok(Self(OwnedFd::from_raw_fd(fd))) }
        }
    }

    fn call(&self, request: libc::c_ulong, argument: *mut libc::c_void) -> Result<()> {
        // SAFETY: every caller passes a pointer to the structure that its request takes.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), request, argument) };
        if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
    }

    fn change(&self, name: &str, request: libc::c_ulong, edit: impl FnOnce(&mut libc::ifreq)) -> Result<()> {
        let mut about = about(name);
        edit(&mut about);
        self.call(request, std::ptr::from_mut(&mut about).cast())
    }

    fn up(&self, name: &str) -> Result<()> {
        self.change(name, libc::SIOCSIFFLAGS, |about| {
            about.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
        })
    }

    fn set_mtu(&self, name: &str, mtu: i32) -> Result<()> {
        self.change(name, libc::SIOCSIFMTU, |about| about.ifr_ifru.ifru_mtu = mtu)
    }

    fn set_address(&self, name: &str, request: libc::c_ulong, address: Ipv4Addr) -> Result<()> {
        self.change(name, request, |about| about.ifr_ifru.ifru_addr = socket_address(address))
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let target = about(to).ifr_name;
        self.change(from, libc::SIOCSIFNAME, |about| about.ifr_ifru.ifru_newname = target)
    }

    fn default_route(&self, name: &str, gateway: Ipv4Addr) -> Result<()> {
        let device = CString::new(name)?;
        // SAFETY: an all-zero rtentry is valid; `device` lives across the call.
        let mut route = unsafe { std::mem::zeroed::<libc::rtentry>() };
        route.rt_dst = socket_address(Ipv4Addr::UNSPECIFIED);
        route.rt_genmask = socket_address(Ipv4Addr::UNSPECIFIED);
        route.rt_gateway = socket_address(gateway);
        route.rt_flags = libc::RTF_UP | libc::RTF_GATEWAY;
        route.rt_dev = device.as_ptr().cast_mut();
        match self.call(libc::SIOCADDRT, std::ptr::from_mut(&mut route).cast()) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => Ok(()),
            other => other,
        }
    }
}

fn about(name: &str) -> libc::ifreq {
    // SAFETY: an all-zero ifreq is valid.
    let mut about = unsafe { std::mem::zeroed::<libc::ifreq>() };
    for (slot, byte) in about.ifr_name.iter_mut().zip(name.bytes().take(libc::IFNAMSIZ - 1)) {
        *slot = byte.cast_signed();
    }
    about
}

fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    // SAFETY: sockaddr and sockaddr_in have the same size and any bit pattern is valid.
    unsafe {
        let mut result = std::mem::zeroed::<libc::sockaddr_in>();
        result.sin_family = libc::AF_INET as libc::sa_family_t;
        result.sin_addr.s_addr = u32::from_ne_bytes(address.octets());
        std::mem::transmute::<libc::sockaddr_in, libc::sockaddr>(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_read_in_order_and_nonsense_is_left_out() {
        let read = parse("02:AA:00:00:00:01,172.31.0.5/20,172.31.0.1,9001;;x,1.2.3.4/33,1.2.3.1,1500");
        assert_eq!(
            read,
            [Interface {
                mac: "02:aa:00:00:00:01".into(),
                address: Ipv4Addr::new(172, 31, 0, 5),
                prefix: 20,
                gateway: Ipv4Addr::new(172, 31, 0, 1),
                mtu: 9001,
            }]
        );
    }
}
