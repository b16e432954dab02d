//! What CreateRoute and ReplaceRoute have in common: where packets go, and through what.

use ipnet::Ipv4Net;

use crate::errors::{Error, Result};
use crate::lookup::{self, Reader};
use crate::model::{InternetGateway, NetworkInterface, RouteTable, RouteTarget};

/// A target as a request names it: exactly one of these.
#[derive(Debug, Clone, Default)]
pub(super) struct Through {
    pub gateway: Option<String>,
    pub instance: Option<String>,
    pub interface: Option<String>,
    /// ReplaceRoute may put a route back to the local one.
    pub local: bool,
}

impl Through {
    /// Looks the target up: it is the caller's and belongs to the table's VPC.
    pub(super) fn find(&self, from: &mut (impl Reader + ?Sized), table: &RouteTable) -> Result<RouteTarget> {
        match (&self.gateway, &self.instance, &self.interface, self.local) {
            (Some(gateway), None, None, false) if gateway == "local" => Ok(RouteTarget::Local),
            (Some(gateway), None, None, false) => find_gateway(from, table, gateway),
            (None, Some(instance), None, false) => find_instance(from, table, instance),
            (None, None, Some(interface), false) => find_interface(from, table, interface),
            (None, None, None, true) => Ok(RouteTarget::Local),
            (None, None, None, false) => Err(Error::Missing(
                "The request must contain exactly one of gatewayId, instanceId or networkInterfaceId".into(),
            )),
            _ => Err(Error::InvalidParameterCombination("A route has exactly one target.".into())),
        }
    }
}

fn find_gateway(from: &mut (impl Reader + ?Sized), table: &RouteTable, id: &str) -> Result<RouteTarget> {
    // Other gateways have other prefixes; AWS calls them all gatewayId.
    if !id.starts_with("igw-") {
        return Err(Error::no_effect("GatewayId of a gateway that is no internet gateway"));
    }
    let gateway: InternetGateway = lookup::one(from, &table.account, id)?;
    if gateway.vpc.as_ref() != Some(&table.vpc) {
        let message = format!("route table {} and network gateway {id} belong to different networks", table.id);
        return Err(Error::InvalidParameterValue(message));
    }
    Ok(RouteTarget::InternetGateway(gateway.id))
}

fn find_interface(from: &mut (impl Reader + ?Sized), table: &RouteTable, id: &str) -> Result<RouteTarget> {
    let interface: NetworkInterface = lookup::one(from, &table.account, id)?;
    if interface.vpc != table.vpc {
        let message = format!("route table {} and interface {id} belong to different networks", table.id);
        return Err(Error::InvalidParameterValue(message));
    }
    Ok(RouteTarget::NetworkInterface(interface.id))
}

/// An instance stands for its one interface (*API reference, CreateRoute: InstanceId*).
fn find_instance(from: &mut (impl Reader + ?Sized), table: &RouteTable, id: &str) -> Result<RouteTarget> {
    let instance: crate::model::Instance = lookup::one(from, &table.account, id)?;
    let interfaces: Vec<NetworkInterface> = lookup::by_index(from, 2, &instance.id)?;
    match interfaces.as_slice() {
        [interface] => find_interface(from, table, &interface.id),
        _ => Err(Error::other(
            "InvalidInstanceID",
            format!(
                "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for the operation instead."
            ),
        )),
    }
}

/// Host bits are cleared, as AWS clears them.
pub(super) fn parse_destination(text: Option<&str>) -> Result<Ipv4Net> {
    let text = text.ok_or(Error::MissingParameter("destinationCidrBlock"))?;
    text.parse()
        .map(|cidr: Ipv4Net| cidr.trunc())
        .map_err(|_| Error::invalid_value("destinationCidrBlock", text, "This is not a valid CIDR block."))
}

/// Refuses what a VPC here does not have.
pub(super) fn refuse(asked: &[(&str, &Option<String>)]) -> Result<()> {
    asked.iter().find(|(_, said)| said.is_some()).map_or(Ok(()), |(name, _)| Err(Error::no_effect(name)))
}

/// As [`refuse`], for the destinations and targets that CreateRoute and ReplaceRoute both know: two generated types
/// with the same fields.
macro_rules! refuse_exotic {
    ($input:ident) => {
        $crate::operations::vpc::route_request::refuse(&[
            ("DestinationPrefixListId", &$input.destination_prefix_list_id),
            ("DestinationIpv6CidrBlock", &$input.destination_ipv6_cidr_block),
            ("VpcEndpointId", &$input.vpc_endpoint_id),
            ("TransitGatewayId", &$input.transit_gateway_id),
            ("LocalGatewayId", &$input.local_gateway_id),
            ("CarrierGatewayId", &$input.carrier_gateway_id),
            ("CoreNetworkArn", &$input.core_network_arn),
            ("OdbNetworkArn", &$input.odb_network_arn),
            ("EgressOnlyInternetGatewayId", &$input.egress_only_internet_gateway_id),
            ("VpcPeeringConnectionId", &$input.vpc_peering_connection_id),
            ("NatGatewayId", &$input.nat_gateway_id),
        ])
    };
}

pub(super) use refuse_exotic;
