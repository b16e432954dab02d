//! `CreateNetworkInterface`.

use std::net::Ipv4Addr;
use std::sync::Arc;

use freehold_api::ec2::{CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult, PrivateIpAddressSpecification};
use freehold_core::principal::{Principal, PrincipalKind};
use freehold_store::idempotency::{self, Request};
use freehold_store::{StoreExt, TxExt};
use freehold_wire::Call;
use sha2::{Digest, Sha256};

use super::view::{self, Names};
use super::wiring::{parse_address, parse_count, refuse};
use crate::errors::{Error, Result};
use crate::interface::{self, NewInterface, check_address_count};
use crate::lookup::{self, Reader};
use crate::model::{InterfaceKind, NetworkInterface, Requester, Subnet, Tags};
use crate::operations::dry_run;
use crate::{Ec2, tagging};

pub async fn create_network_interface(
    ec2: Arc<Ec2>,
    call: Call,
    input: CreateNetworkInterfaceRequest,
) -> Result<CreateNetworkInterfaceResult> {
    let requester = requester(&call.principal, input.interface_type.as_deref())?;
    refuse_what_has_no_effect(&input)?;
    let fingerprint = fingerprint(&input);
    let (token, dry) = (input.client_token.clone(), input.dry_run);
    let wanted = Wanted::read(input, requester)?;
    let account = call.account().to_owned();
    let writer = Arc::clone(&ec2);
    let token_used = token.clone();
    let made = ec2
        .store
        .transact(move |tx| {
            let request = token_used.as_deref().map(|token| Request {
                account: &account,
                operation: "ec2.CreateNetworkInterface",
                token,
                fingerprint: &fingerprint,
            });
            if let Some(request) = &request
                && let Some(id) = idempotency::recall::<String>(tx, request)?
            {
                return lookup::one(tx, &account, &id);
            }
            let new = wanted.resolve(tx, &account)?;
            let mut made = interface::make(tx, &new, writer.now())?;
            wanted.hand_over(&mut made);
            dry_run(dry)?;
            tx.put(&made)?;
            if let Some(request) = &request {
                idempotency::remember(tx, request, &made.id, writer.now())?;
            }
            Ok::<NetworkInterface, Error>(made)
        })
        .await?;
    let names = Names::of(&ec2, &mut ec2.committed(), call.account())?;
    Ok(CreateNetworkInterfaceResult {
        network_interface: Some(view::network_interface(&names, &made)),
        client_token: token,
    })
}

/// The request, read.
struct Wanted {
    subnet: String,
    groups: Vec<String>,
    description: String,
    private_ip: Option<Ipv4Addr>,
    secondary_ips: Vec<Ipv4Addr>,
    secondary_count: u32,
    tags: Tags,
    requester: Option<Requester>,
}

impl Wanted {
    fn read(input: CreateNetworkInterfaceRequest, requester: Option<Requester>) -> Result<Self> {
        let primary = input.private_ip_address.as_deref();
        let primary = primary.map(|text| parse_address("privateIpAddress", text)).transpose()?;
        let listed = input.private_ip_addresses.unwrap_or_default();
        let count = parse_count("secondaryPrivateIpAddressCount", input.secondary_private_ip_address_count)?;
        if count.is_some_and(|count| count > 0) && listed.len() > 1 {
            return Err(Error::InvalidParameterCombination(
                "The parameter secondaryPrivateIpAddressCount cannot be used with more than one of privateIpAddresses"
                    .into(),
            ));
        }
        let (private_ip, secondary_ips) = addresses(primary, listed)?;
        Ok(Self {
            subnet: input.subnet_id.ok_or(Error::MissingParameter("subnetId"))?,
            groups: input.groups.unwrap_or_default(),
            description: input.description.unwrap_or_default(),
            private_ip,
            secondary_ips,
            secondary_count: count.unwrap_or(0),
            tags: tagging::for_new("network-interface", input.tag_specifications)?,
            requester,
        })
    }

    /// Gives what a service asked for to the service. A network balancer sends in its clients' names.
    fn hand_over(&self, made: &mut NetworkInterface) {
        made.requester = self.requester.clone();
        made.source_dest_check = made.kind() != InterfaceKind::NetworkLoadBalancer;
    }

    /// A network balancer may be in no group at all, which no instance can.
    fn is_in_no_group(&self) -> bool {
        let kind = self.requester.as_ref().map(|requester| requester.kind);
        self.groups.is_empty() && kind == Some(InterfaceKind::NetworkLoadBalancer)
    }

    fn resolve(&self, from: &mut (impl Reader + ?Sized), account: &str) -> Result<NewInterface> {
        let subnet: Subnet = lookup::one(from, account, &self.subnet)?;
        let new = NewInterface {
            groups: match self.is_in_no_group() {
                true => Vec::new(),
                false => interface::groups(from, account, &subnet, &self.groups, &[])?,
            },
            subnet,
            private_ip: self.private_ip,
            secondary_ips: self.secondary_ips.clone(),
            secondary_count: self.secondary_count,
            description: self.description.clone(),
            tags: self.tags.clone(),
        };
        check_address_count(new.address_count(), None)?;
        Ok(new)
    }
}

/// The service that asks, if it is one.
fn requester(principal: &Principal, kind: Option<&str>) -> Result<Option<Requester>> {
    let kind = kind.unwrap_or("interface");
    let Some(id) = requester_id(principal) else {
        return if kind == "interface" { Ok(None) } else { Err(Error::no_effect("InterfaceType")) };
    };
    let kind = InterfaceKind::parse(kind).ok_or_else(|| Error::no_effect("InterfaceType"))?;
    Ok(Some(Requester { id, kind }))
}

fn requester_id(principal: &Principal) -> Option<String> {
    let PrincipalKind::AssumedRole { session, .. } = &principal.kind else { return None };
    principal.is_service_linked().then(|| match session.as_str() {
        "ElasticLoadBalancing" => "amazon-elb".to_owned(),
        // Lambda acts for a function's role, and says for which.
        "Lambda" => principal.user_id.clone(),
        service => format!("amazon-{}", service.to_lowercase()),
    })
}

/// The primary address, which may be said in two ways but once, and the others.
fn addresses(
    mut primary: Option<Ipv4Addr>,
    listed: Vec<PrivateIpAddressSpecification>,
) -> Result<(Option<Ipv4Addr>, Vec<Ipv4Addr>)> {
    let mut secondary = Vec::new();
    for one in listed {
        let text = one.private_ip_address.ok_or(Error::MissingParameter("privateIpAddresses.privateIpAddress"))?;
        let address = parse_address("privateIpAddresses", &text)?;
        match (one.primary == Some(true), primary) {
            (true, Some(_)) => {
                return Err(Error::InvalidParameterCombination(
                    "Only one private IP address can be designated as primary".into(),
                ));
            }
            (true, None) => primary = Some(address),
            (false, _) => secondary.push(address),
        }
    }
    let mut all: Vec<_> = primary.iter().chain(&secondary).collect();
    all.sort();
    if let Some(twice) = all.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid_value("privateIpAddresses", twice[0], "It is listed twice."));
    }
    Ok((primary, secondary))
}

fn refuse_what_has_no_effect(input: &CreateNetworkInterfaceRequest) -> Result<()> {
    let none = |count: Option<i32>| count.unwrap_or(0) == 0;
    refuse(&[
        ("Ipv4Prefixes", input.ipv4_prefixes.is_some() || !none(input.ipv4_prefix_count)),
        ("Ipv6Prefixes", input.ipv6_prefixes.is_some() || !none(input.ipv6_prefix_count)),
        ("Ipv6Addresses", input.ipv6_addresses.is_some()),
        ("Ipv6AddressCount", !none(input.ipv6_address_count)),
        ("EnablePrimaryIpv6", input.enable_primary_ipv6 == Some(true)),
        ("ConnectionTrackingSpecification", input.connection_tracking_specification.is_some()),
        ("Operator", input.operator.is_some()),
    ])
}

/// Of everything that is asked but the token.
fn fingerprint(input: &CreateNetworkInterfaceRequest) -> String {
    let input = CreateNetworkInterfaceRequest { client_token: None, dry_run: None, ..input.clone() };
    hex::encode(Sha256::digest(format!("{input:?}")))
}
