//! What instances may ask about themselves: the source behind 169.254.169.254 and the VPC's resolver. A guest is known
//! by its VPC and address alone, which are one row in the store.

mod tree;

use std::net::Ipv4Addr;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use freehold_machine::net::metadata::{InstanceMetadata, MetadataSource};
use freehold_store::StoreExt;

use crate::Ec2;
use crate::errors::Result;
use crate::model::{Instance, NetworkInterface, PrivateAddress, Subnet, Vpc};
use crate::operations::instance_view::{self, InstanceView};
use crate::roles::RoleCredentials;

pub struct Metadata {
    ec2: Arc<Ec2>,
}

impl Metadata {
    pub fn new(ec2: Arc<Ec2>) -> Self {
        Self { ec2 }
    }

    fn interface(&self, vpc: &str, address: Ipv4Addr) -> Result<Option<NetworkInterface>> {
        let Some(held) = self.ec2.store.get::<PrivateAddress>(&PrivateAddress::key(vpc, address))? else {
            return Ok(None);
        };
        Ok(self.ec2.store.get(&held.interface)?)
    }

    fn find(&self, vpc: &str, address: Ipv4Addr) -> Result<Option<Instance>> {
        let Some(interface) = self.interface(vpc, address)? else { return Ok(None) };
        let Some(attachment) = interface.attachment else { return Ok(None) };
        Ok(self.ec2.store.get(&attachment.instance)?)
    }

    async fn credentials(&self, instance: &Instance) -> Option<(String, RoleCredentials)> {
        let profile = instance.iam_profile.as_ref()?;
        let role = self.ec2.roles.profile(&instance.account, profile.name()).await?.role;
        let credentials = self.ec2.roles.credentials(&instance.account, &role, &instance.id).await?;
        Some((role, credentials))
    }

    async fn answer(&self, instance: Instance) -> Result<InstanceMetadata> {
        let credentials = self.credentials(&instance).await;
        let account = instance.account.clone();
        let shown = instance_view::gather(&mut self.ec2.committed(), &self.ec2.region, &account, vec![instance])?;
        let Some(shown) = shown.into_iter().next() else { return Ok(InstanceMetadata::default()) };
        let own = &shown.instance;
        let user_data = own.user_data.as_ref().and_then(|encoded| STANDARD.decode(encoded).ok());
        Ok(InstanceMetadata {
            machine: own.id.clone(),
            enabled: own.metadata.endpoint_enabled,
            tokens_required: own.metadata.tokens_required,
            hop_limit: own.metadata.hop_limit,
            leaves: tree::leaves(&shown, &self.network(&shown)?, credentials, self.ec2.now()),
            // Empty user data is none, as there.
            user_data: user_data.filter(|data| !data.is_empty()),
        })
    }

    fn network(&self, shown: &InstanceView) -> Result<tree::Network> {
        let store = &self.ec2.store;
        let vpc = store.get::<Vpc>(&shown.instance.vpc)?.map(|vpc| vpc.cidrs).unwrap_or_default();
        let mut network = tree::Network { vpc: vpc.iter().map(|a| a.cidr.to_string()).collect(), ..Default::default() };
        for interface in &shown.interfaces {
            if let Some(subnet) = store.get::<Subnet>(&interface.subnet)? {
                network.subnets.insert(subnet.id, subnet.cidr.to_string());
            }
        }
        Ok(network)
    }

    /// Whether guests of the VPC have names that its resolver knows.
    fn has_names(&self, vpc: &str) -> bool {
        self.ec2.store.get::<Vpc>(vpc).ok().flatten().is_some_and(|vpc| vpc.dns_support)
    }
}

#[async_trait]
impl MetadataSource for Metadata {
    async fn instance(&self, vpc: &str, address: Ipv4Addr) -> Option<InstanceMetadata> {
        let found = match self.find(vpc, address) {
            Ok(Some(instance)) => self.answer(instance).await,
            Ok(None) => return None,
            Err(error) => Err(error),
        };
        found.inspect_err(|error| tracing::warn!(%error, vpc, %address, "metadata cannot be answered")).ok()
    }

    async fn resolve(&self, vpc: &str, name: &str) -> Option<Ipv4Addr> {
        let domain = self.ec2.region.internal_domain();
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let host = name.strip_suffix(&*domain)?.strip_suffix('.')?;
        let address: Ipv4Addr = host.strip_prefix("ip-")?.replace('-', ".").parse().ok()?;
        let held = self.has_names(vpc).then(|| self.interface(vpc, address).ok().flatten()).flatten();
        held.map(|_| address)
    }

    async fn reverse(&self, vpc: &str, address: Ipv4Addr) -> Option<String> {
        let held = self.has_names(vpc).then(|| self.interface(vpc, address).ok().flatten()).flatten();
        held.map(|_| instance_view::private_name(&self.ec2.region, &address.to_string()))
    }
}

#[cfg(test)]
mod tests;
