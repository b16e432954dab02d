//! The way of sandboxes into a VPC: a gateway for each of the VPC's interfaces that sandboxes share. It is a namespace that
//! holds the interface as a machine would, forwards what its sandboxes send, and hides them behind the interface's address,
//! so that the VPC's own rules decide by the interface's security groups. Nothing comes in but answers.
//!
//! ```text
//!  sandbox                     gateway [table freehold_fn]              VPC (a namespace)
//!  eth0 169.254.x.y/32 ======= fn<tag><slot>   eth0 10.0.1.7 ========== e<eni>
//! ```
//!
//! A gateway has no name. It lives as long as one of its sandboxes does, and ends with the process that holds it, however
//! that ends; the VPC's end of its interface goes with it.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use rustix::thread::UnshareFlags;
use tokio::net::{TcpSocket, UdpSocket};
use tokio::time::timeout;

use super::network::{Ends, Network};
use crate::driver::{Error, Result};
use crate::net::dns::upstream::{self, PATIENCE, Transport};
use crate::net::names::Tag;
use crate::net::netlink::Netlink;
use crate::net::services::RESOLVER_ADDRESS;
use crate::net::{attach, netns, nft, rules, sysctl};
use crate::spec::Interface;

const TABLE: &str = "freehold_fn";
/// Inside of a gateway sandboxes have link-local addresses, as with AWS: no VPC can have the same ones.
const INSIDE: Ipv4Addr = Ipv4Addr::new(169, 254, 64, 0);
const PARAMETERS: [(&str, &str); 6] = [
    ("ipv4/ip_forward", "1"),
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/conf/all/send_redirects", "0"),
    ("ipv4/conf/default/send_redirects", "0"),
    ("ipv4/conf/all/accept_redirects", "0"),
];
/// How long the rules of a VPC may take to know an interface that was made only just.
const SETTLING: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

/// The gateways of a region that sandboxes use now.
#[derive(Default)]
pub struct Gateways {
    known: Mutex<HashMap<Key, Arc<Mutex<Weak<Gateway>>>>>,
}

/// The ids of a VPC and of an interface in it.
type Key = (String, String);

impl Gateways {
    /// That of the interface, made if there is none. Blocks, while a VPC is new for up to ten seconds.
    pub fn get(&self, tag: &Tag, interface: &Interface) -> Result<Arc<Gateway>> {
        let place = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.retain(|_, place| Arc::strong_count(place) > 1 || is_alive(place));
            Arc::clone(known.entry((interface.vpc.clone(), interface.eni.clone())).or_default())
        };
        // One attempt at a time for each interface, which keeps nobody else waiting.
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gateway) = place.upgrade().filter(|gateway| gateway.is_connected()) {
            return Ok(gateway);
        }
        let gateway = Arc::new(Gateway::open(tag, interface)?);
        *place = Arc::downgrade(&gateway);
        Ok(gateway)
    }
}

fn is_alive(place: &Mutex<Weak<Gateway>>) -> bool {
    place.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0
}

/// One interface, and the sandboxes behind it.
pub struct Gateway {
    namespace: OwnedFd,
    mtu: u32,
    netlink: Mutex<Netlink>,
}

impl Gateway {
    fn open(tag: &Tag, interface: &Interface) -> Result<Self> {
        let vpc = tag.namespace(&interface.vpc);
        wait_for(&vpc, interface)?;
        let rules = ruleset(interface.address);
        let (namespace, netlink) = netns::on_a_thread(|| {
            // SAFETY: the flag touches the network namespace of this thread only, not its file descriptors.
            unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) }
                .map_err(|error| Error::io("make a network namespace", error))?;
            let namespace =
                File::open("/proc/thread-self/ns/net").map_err(|error| Error::io("open a namespace", error))?;
            for (key, value) in PARAMETERS {
                sysctl::set(key, value)?;
            }
            for scope in ["all", "default"] {
                sysctl::set_if_present(&format!("ipv6/conf/{scope}/disable_ipv6"), "1")?;
            }
            nft::load(&rules)?;
            Ok((OwnedFd::from(namespace), Netlink::open()?))
        })?;
        attach::attach_container(&vpc, interface, 0, &netns::path_of_open(namespace.as_fd()), &[interface.address])?;
        Ok(Self { namespace, mtu: interface.mtu, netlink: Mutex::new(netlink) })
    }

    /// Whether the VPC has its end: it is lost if somebody removed the VPC's namespace.
    fn is_connected(&self) -> bool {
        let mut netlink = self.netlink.lock().unwrap_or_else(PoisonError::into_inner);
        netlink.link("eth0").is_ok_and(|link| link.is_some())
    }

    /// Takes a sandbox out of the world and connects it to the VPC instead. Blocks.
    pub fn join(&self, network: &Network, slot: u32, sandbox: BorrowedFd<'_>) -> Result<()> {
        let name = network.link(slot);
        let ends = Ends { outer: &name, address: Ipv4Addr::from(u32::from(INSIDE) + slot), mtu: self.mtu };
        let mut inside = netns::enter_open(sandbox, Netlink::open)?;
        let mut own = self.netlink.lock().unwrap_or_else(PoisonError::into_inner);
        network.redirect(slot, (&self.namespace, &mut own), &mut inside, &ends)
    }

    /// Asks the VPC's resolver, as an instance with the interface would.
    async fn ask(self: &Arc<Self>, query: &[u8], transport: Transport) -> std::io::Result<Vec<u8>> {
        let server = SocketAddr::from((RESOLVER_ADDRESS, 53));
        let gateway = Arc::clone(self);
        let asked = async move {
            match transport {
                Transport::Udp => {
                    let bind = || std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0));
                    let socket = gateway.socket(bind).await?;
                    socket.set_nonblocking(true)?;
                    upstream::ask_by_udp(UdpSocket::from_std(socket)?, server, query).await
                }
                Transport::Tcp => {
                    let socket = gateway.socket(TcpSocket::new_v4).await?;
                    upstream::ask_by_tcp(socket.connect(server).await?, query).await
                }
            }
        };
        timeout(PATIENCE, asked).await?
    }

    /// A socket belongs to the namespace that it is made in.
    async fn socket<S: Send + 'static>(
        self: &Arc<Self>,
        make: impl FnOnce() -> std::io::Result<S> + Send + 'static,
    ) -> std::io::Result<S> {
        let gateway = Arc::clone(self);
        let made = tokio::task::spawn_blocking(move || {
            netns::enter_open(gateway.namespace.as_fd(), move || {
                make().map_err(|error| Error::io("make a socket", error))
            })
        });
        made.await.map_err(std::io::Error::other)?.map_err(std::io::Error::other)
    }
}

/// Until the VPC is on this host, and its rules decide for the interface: what was sent before would be lost.
fn wait_for(vpc: &str, interface: &Interface) -> Result<()> {
    let began = Instant::now();
    loop {
        if netns::exists(vpc) && netns::enter(&netns::path(vpc), || rules::decide_for(&interface.eni))? {
            return Ok(());
        }
        if began.elapsed() > SETTLING {
            let late = format!("connect to {} by {}", interface.vpc, interface.eni);
            return Err(Error::io(late, std::io::Error::from(std::io::ErrorKind::TimedOut)));
        }
        std::thread::sleep(LOOK);
    }
}

/// What sandboxes send goes to the VPC and nowhere else. Of what is local to a link only the resolver is reached, by the
/// gateway itself: a function has no metadata service.
fn ruleset(address: Ipv4Addr) -> String {
    format!(
        "table ip {TABLE} {{
  chain input {{
    type filter hook input priority filter; policy drop;
    ct state established,related accept
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname \"fn*\" oifname \"eth0\" ip daddr != {{ 127.0.0.0/8, 169.254.0.0/16 }} accept
  }}
  chain hide {{
    type nat hook postrouting priority srcnat; policy accept;
    oifname \"eth0\" snat to {address}
  }}
}}\n"
    )
}

/// Who answers a sandbox's questions for names.
#[derive(Clone, Default)]
pub struct Resolver(pub(super) Option<Arc<Gateway>>);

impl Resolver {
    /// Passes a query on: to the VPC's resolver where there is one, which knows names that others do not; while that is
    /// away, and for sandboxes in no VPC, to the host's.
    pub async fn resolve(&self, query: &[u8], transport: Transport) -> std::io::Result<Vec<u8>> {
        if let Some(gateway) = &self.0 {
            match gateway.ask(query, transport).await {
                Ok(answer) => return Ok(answer),
                Err(error) => tracing::debug!(%error, "a VPC's resolver does not answer"),
            }
        }
        upstream::ask(query, transport).await
    }
}
