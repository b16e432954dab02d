//! What each VPC's namespace serves to its guests: metadata, names, addresses and the API. The sockets are opened inside the
//! namespace and served by the control plane, which is why they end with it and are opened anew by the next.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use freehold_core::clock::{Clock, SystemClock};
use tokio::task::JoinSet;

use super::endpoint::GuestEndpoint;
use super::imds::Tokens;
use super::metadata::{MetadataSource, Names};
use super::netlink::Netlink;
use super::plan::VpcPlan;
use super::services::{ENDPOINT_ADDRESS, METADATA_ADDRESS, resolver_addresses};
use super::{dhcp, dns, endpoint, imds, netns};
use crate::driver::{Error, Result};

/// What all VPCs' services share.
pub struct GuestServices {
    source: Arc<OnceLock<Arc<dyn MetadataSource>>>,
    names: Arc<OnceLock<Arc<dyn Names>>>,
    endpoint: Arc<OnceLock<Arc<dyn GuestEndpoint>>>,
    tokens: Arc<Tokens>,
    clock: Arc<dyn Clock>,
}

/// The services of one VPC, as long as this lives.
pub struct Serving {
    addresses: Vec<Ipv4Addr>,
    leases: Arc<Mutex<dhcp::Addresses>>,
    tasks: JoinSet<()>,
}

/// What a service needs to know of the VPC that it serves.
#[derive(Clone)]
pub struct Context {
    pub vpc: Arc<str>,
    source: Arc<OnceLock<Arc<dyn MetadataSource>>>,
    names: Arc<OnceLock<Arc<dyn Names>>>,
    pub tokens: Arc<Tokens>,
    /// For the age of tokens.
    pub clock: Arc<dyn Clock>,
}

impl Context {
    /// `None` until the control plane has said who answers.
    pub fn source(&self) -> Option<&dyn MetadataSource> {
        self.source.get().map(AsRef::as_ref)
    }

    /// `None` where there are no names but the VPC's own.
    pub fn names(&self) -> Option<&dyn Names> {
        self.names.get().map(AsRef::as_ref)
    }
}

impl GuestServices {
    pub fn new(data_dir: &Path) -> Result<Self> {
        let tokens = Arc::new(Tokens::load(data_dir)?);
        let clock = Arc::new(SystemClock);
        Ok(Self { source: Arc::default(), names: Arc::default(), endpoint: Arc::default(), tokens, clock })
    }

    pub fn set_clock(&mut self, clock: Arc<dyn Clock>) {
        self.clock = clock;
    }

    pub fn set_source(&self, source: Arc<dyn MetadataSource>) {
        if self.source.set(source).is_err() {
            tracing::warn!("the source of metadata is set once; a second one is ignored");
        }
    }

    pub fn set_names(&self, names: Arc<dyn Names>) {
        if self.names.set(names).is_err() {
            tracing::warn!("the source of names is set once; a second one is ignored");
        }
    }

    pub fn set_endpoint(&self, served: Arc<dyn GuestEndpoint>) {
        if self.endpoint.set(served).is_err() {
            tracing::warn!("the endpoint for guests is set once; a second one is ignored");
        }
    }

    /// Starts what does not run yet.
    pub async fn ensure(&self, serving: &mut Option<Serving>, plan: &VpcPlan, namespace: &Path) -> Result<()> {
        let addresses = resolver_addresses(&plan.cidrs);
        if let Some(serving) = serving.as_ref() {
            serving.set_leases(plan);
        }
        if serving.as_ref().is_some_and(|serving| serving.addresses == addresses && serving.is_whole()) {
            return Ok(());
        }
        if let Some(old) = serving.take() {
            old.stop().await;
        }
        let context = Context {
            vpc: plan.vpc.as_str().into(),
            source: Arc::clone(&self.source),
            names: Arc::clone(&self.names),
            tokens: Arc::clone(&self.tokens),
            clock: Arc::clone(&self.clock),
        };
        let started = Serving::start(context, Arc::clone(&self.endpoint), addresses, namespace)?;
        started.set_leases(plan);
        *serving = Some(started);
        Ok(())
    }
}

impl Serving {
    fn start(
        context: Context,
        served: Arc<OnceLock<Arc<dyn GuestEndpoint>>>,
        addresses: Vec<Ipv4Addr>,
        namespace: &Path,
    ) -> Result<Self> {
        let sockets = netns::enter(namespace, || Sockets::open(&addresses))?;
        let mut tasks = JoinSet::new();
        let in_runtime = |e| Error::io("serve a socket", e);
        let metadata = tokio::net::TcpListener::from_std(sockets.metadata).map_err(in_runtime)?;
        tasks.spawn(imds::serve(metadata, context.clone()));
        let api = tokio::net::TcpListener::from_std(sockets.api).map_err(in_runtime)?;
        tasks.spawn(endpoint::serve(api, served));
        for (udp, tcp) in sockets.resolvers {
            let udp = tokio::net::UdpSocket::from_std(udp).map_err(in_runtime)?;
            let tcp = tokio::net::TcpListener::from_std(tcp).map_err(in_runtime)?;
            tasks.spawn(dns::serve_udp(udp, context.clone()));
            tasks.spawn(dns::serve_tcp(tcp, context.clone()));
        }
        let dhcp = tokio::net::UdpSocket::from_std(sockets.dhcp).map_err(in_runtime)?;
        let leases = Arc::<Mutex<dhcp::Addresses>>::default();
        tasks.spawn(dhcp::serve(dhcp, sockets.neighbours, Arc::clone(&leases), context));
        Ok(Self { addresses, leases, tasks })
    }

    fn set_leases(&self, plan: &VpcPlan) {
        *self.leases.lock().unwrap_or_else(PoisonError::into_inner) = dhcp::Addresses::of(plan);
    }

    /// Whether every task is still at work.
    fn is_whole(&self) -> bool {
        self.tasks.len() == 3 + 2 * self.addresses.len()
    }

    /// Ends all tasks and closes their sockets, which would keep the namespace alive.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

struct Sockets {
    metadata: TcpListener,
    api: TcpListener,
    resolvers: Vec<(UdpSocket, TcpListener)>,
    dhcp: UdpSocket,
    neighbours: Netlink,
}

impl Sockets {
    /// Opens all in the calling thread's namespace.
    fn open(resolvers: &[Ipv4Addr]) -> Result<Self> {
        let listen = |address, port| {
            let socket = TcpListener::bind(SocketAddrV4::new(address, port))?;
            socket.set_nonblocking(true)?;
            Ok::<_, std::io::Error>(socket)
        };
        let datagrams = |address, port| {
            let socket = UdpSocket::bind(SocketAddrV4::new(address, port))?;
            socket.set_nonblocking(true)?;
            Ok::<_, std::io::Error>(socket)
        };
        let neighbours = Netlink::open()?;
        let open = || {
            let dhcp = datagrams(Ipv4Addr::UNSPECIFIED, dhcp::SERVER_PORT)?;
            let metadata = listen(METADATA_ADDRESS, 80)?;
            let api = listen(ENDPOINT_ADDRESS, 80)?;
            let resolvers = resolvers
                .iter()
                .map(|address| Ok((datagrams(*address, 53)?, listen(*address, 53)?)))
                .collect::<std::io::Result<_>>()?;
            Ok(Self { metadata, api, resolvers, dhcp, neighbours })
        };
        open().map_err(|e: std::io::Error| Error::io("listen for guests", e))
    }
}
