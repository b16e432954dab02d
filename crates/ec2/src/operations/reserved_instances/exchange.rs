//! What GetReservedInstancesExchangeQuote and AcceptReservedInstancesExchangeQuote read alike.

use freehold_api::ec2::TargetConfigurationRequest;
use jiff::Timestamp;

use super::find;
use super::view::Offered;
use crate::Ec2;
use crate::errors::{Error, Result};
use crate::lookup::Reader;
use crate::reserved::Bought;
use crate::reserved::exchange::{Deal, Refusal, deal};

/// What is exchanged for what.
pub struct Exchange {
    pub sources: Vec<Bought>,
    pub offering: String,
    pub target: Offered,
}

/// What is to be exchanged, as the request names it.
pub fn sources(
    ec2: &Ec2,
    from: &mut (impl Reader + ?Sized),
    account: &str,
    ids: Option<&[String]>,
) -> Result<Vec<Bought>> {
    let ids = ids.filter(|ids| !ids.is_empty()).ok_or(Error::MissingParameter("ReservedInstanceId"))?;
    let sources = find::bought(ec2, from, account, Some(ids))?;
    find::refuse_pending(from, account, &sources)?;
    Ok(sources)
}

/// The one offer that is wanted instead (*EC2 user guide, Exchange Convertible Reserved Instances: for one Convertible
/// Reserved Instance only*); `None` if none is named.
pub fn target(ec2: &Ec2, targets: Option<&[TargetConfigurationRequest]>) -> Result<Option<(String, Offered)>> {
    let target = match targets.unwrap_or_default() {
        [] => return Ok(None),
        [target] => target,
        _ => {
            return Err(Error::InvalidParameterValue(
                "Reserved Instances can be exchanged for one Convertible Reserved Instance offering only.".into(),
            ));
        }
    };
    // *This parameter is reserved and cannot be specified in a request.*
    if target.instance_count.is_some() {
        return Err(Error::InvalidParameter(
            "The parameter TargetConfiguration.InstanceCount is reserved and cannot be specified in a request.".into(),
        ));
    }
    let id = target.offering_id.clone().ok_or(Error::MissingParameter("TargetConfiguration.OfferingId"))?;
    let offered = find::offer(ec2, &id)?;
    Ok(Some((id, offered)))
}

impl Exchange {
    pub fn deal(&self, now: Timestamp) -> Result<Deal, Refusal> {
        deal(&self.sources, &self.target.offer, self.target.price, now)
    }
}
