//! SetIpAddressType. Balancers have IPv4 only.

use std::sync::Arc;

use freehold_api::elbv2::{SetIpAddressTypeInput, SetIpAddressTypeOutput};
use freehold_wire::Call;

use crate::Elb;
use crate::errors::Error;
use crate::model::LoadBalancer;

pub(super) async fn set_ip_address_type(
    elb: Arc<Elb>,
    call: Call,
    input: SetIpAddressTypeInput,
) -> Result<SetIpAddressTypeOutput, freehold_wire::Error> {
    let _: LoadBalancer = elb.find(call.account(), &input.load_balancer_arn.unwrap_or_default())?;
    match input.ip_address_type.as_deref() {
        Some("ipv4") => Ok(SetIpAddressTypeOutput { ip_address_type: input.ip_address_type }),
        other => Err(unsupported(other.unwrap_or_default()).into()),
    }
}

pub(super) fn unsupported(kind: &str) -> Error {
    Error::InvalidConfiguration(format!(
        "The IP address type '{kind}' is not supported in this region: load balancers have IPv4 addresses only"
    ))
}
