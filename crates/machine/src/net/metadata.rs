//! What guests may ask of 169.254.169.254 (instance metadata) and of the VPC's resolver.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use async_trait::async_trait;

/// Answers for the guests of all VPCs. The caller is known by VPC and source address, which the VPC's rules
/// keep from being forged.
#[async_trait]
pub trait MetadataSource: Send + Sync + 'static {
    /// The metadata of the machine that holds `address` in `vpc`; `None` if nobody does.
    async fn instance(&self, vpc: &str, address: Ipv4Addr) -> Option<InstanceMetadata>;

    /// Resolves a private name of the VPC (`ip-172-31-0-5.ec2.internal`); `None`: not ours, ask upstream.
    async fn resolve(&self, vpc: &str, name: &str) -> Option<Ipv4Addr>;

    /// The reverse of [`MetadataSource::resolve`].
    async fn reverse(&self, vpc: &str, address: Ipv4Addr) -> Option<String>;
}

/// Names that mean the same in every VPC, such as those of load balancers.
#[async_trait]
pub trait Names: Send + Sync + 'static {
    /// The addresses of a name in lower case, without a last dot; `None`: not ours, ask upstream.
    async fn addresses(&self, name: &str) -> Option<Vec<Ipv4Addr>>;
}

/// One machine's metadata tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceMetadata {
    /// Machine's id, which session tokens are bound to.
    pub machine: String,
    /// `HttpEndpoint=disabled` answers 403 to everything.
    pub enabled: bool,
    /// `HttpTokens=required`: version 1 requests are refused with 401.
    pub tokens_required: bool,
    /// `HttpPutResponseHopLimit`, 1 to 64: the TTL of answers that carry a token.
    pub hop_limit: u8,
    /// Leaves by path below `/latest/`, without a leading slash: `meta-data/ami-id`, `dynamic/instance-identity/document`.
    /// Directories are implied. Public keys are `meta-data/public-keys/0=<name>/openssh-key`, or `…/0/openssh-key`
    /// with the name as the key's comment; they are listed as `0=<name>` and read as `0/openssh-key`, as by AWS.
    pub leaves: BTreeMap<String, String>,
    /// `/latest/user-data`; `None` answers 404.
    pub user_data: Option<Vec<u8>>,
}
