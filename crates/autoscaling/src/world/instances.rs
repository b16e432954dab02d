//! Instances, as EC2 tells of them.

use std::collections::{HashMap, HashSet};

use freehold_api::ec2::{
    AttributeBooleanValue, CreateTagsRequest, DeleteTagsRequest, DescribeInstanceStatusRequest,
    DescribeInstancesRequest, DescribeSpotPriceHistoryRequest, Filter, Instance, ModifyInstanceAttributeRequest,
    Reservation, RunInstancesRequest, SpotPrice, StartInstancesRequest, StopInstancesRequest, Tag,
    TerminateInstancesRequest, op,
};
use freehold_wire::Error;

use super::World;
use crate::model::Market;

/// By which instances say whose they are.
const MARK: &str = "aws:autoscaling:groupName";

/// Why an instance cannot be launched now, and could be later or elsewhere.
pub(crate) const NO_ROOM: [&str; 2] = ["InsufficientInstanceCapacity", "InsufficientFreeAddressesInSubnet"];

/// The most that is to be paid is less than the Spot price is now.
pub(crate) const TOO_DEAR: &str = "SpotMaxPriceTooLow";

/// By which EC2 tells of recommendations to replace Spot instances. AWS does so by an event.
const AT_RISK: &str = "freehold:rebalance-recommended";

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub id: String,
    /// `running`
    pub state: String,
    pub image: String,
    pub instance_type: String,
    pub zone: String,
    pub subnet: String,
    /// The group that it is marked with.
    pub group: Option<String>,
    pub market: Market,
}

impl Seen {
    fn of(instance: Instance) -> Self {
        let tags = instance.tags.unwrap_or_default();
        let mark = tags.into_iter().find(|tag| tag.key.as_deref() == Some(MARK));
        Self {
            id: instance.instance_id.unwrap_or_default(),
            state: instance.state.and_then(|state| state.name).unwrap_or_default(),
            image: instance.image_id.unwrap_or_default(),
            instance_type: instance.instance_type.unwrap_or_default(),
            zone: instance.placement.and_then(|placement| placement.availability_zone).unwrap_or_default(),
            subnet: instance.subnet_id.unwrap_or_default(),
            group: mark.and_then(|tag| tag.value),
            market: if instance.instance_lifecycle.as_deref() == Some("spot") {
                Market::Spot
            } else {
                Market::OnDemand
            },
        }
    }

    /// Whether it will never run again.
    pub fn is_ending(&self) -> bool {
        matches!(self.state.as_str(), "shutting-down" | "terminated")
    }

    pub fn is_running(&self) -> bool {
        self.state == "running"
    }
}

fn seen(reservations: Option<Vec<Reservation>>) -> impl Iterator<Item = Seen> {
    let reservations = reservations.unwrap_or_default().into_iter();
    reservations.flat_map(|one| one.instances.unwrap_or_default()).map(Seen::of)
}

impl World {
    /// What is marked as the group's, by id.
    pub async fn instances(&self, account: &str, group: &str) -> Result<HashMap<String, Seen>, Error> {
        let found = self.filtered(account, &format!("tag:{MARK}"), group).await?;
        Ok(found.into_iter().map(|seen| (seen.id.clone(), seen)).collect())
    }

    /// The instance with this id.
    pub async fn instance(&self, account: &str, id: &str) -> Result<Option<Seen>, Error> {
        Ok(self.filtered(account, "instance-id", id).await?.into_iter().next())
    }

    /// The instance that was launched with this client token.
    pub async fn launched(&self, account: &str, token: &str) -> Result<Option<Seen>, Error> {
        Ok(self.filtered(account, "client-token", token).await?.into_iter().next())
    }

    async fn filtered(&self, account: &str, name: &str, value: &str) -> Result<Vec<Seen>, Error> {
        self.described(account, vec![filter(name, value)]).await
    }

    /// Which of the group's instances EC2 recommends to replace.
    pub async fn at_risk(&self, account: &str, group: &str) -> Result<HashSet<String>, Error> {
        let filters = vec![filter(&format!("tag:{MARK}"), group), filter(AT_RISK, "true")];
        Ok(self.described(account, filters).await?.into_iter().map(|seen| seen.id).collect())
    }

    async fn described(&self, account: &str, filters: Vec<Filter>) -> Result<Vec<Seen>, Error> {
        let input = DescribeInstancesRequest { filters: Some(filters), ..Default::default() };
        let found = self.call::<op::DescribeInstances>(account, input).await?;
        Ok(seen(found.reservations).collect())
    }

    /// What Spot instances of these types cost in the zone, in millionths of a dollar an hour.
    pub async fn spot_prices(
        &self,
        account: &str,
        zone: &str,
        kinds: Vec<String>,
    ) -> Result<HashMap<String, u64>, Error> {
        let input = DescribeSpotPriceHistoryRequest {
            availability_zone: Some(zone.to_owned()),
            instance_types: Some(kinds),
            ..Default::default()
        };
        let found = self.call::<op::DescribeSpotPriceHistory>(account, input).await?.spot_price_history;
        // Always written with six digits after the point.
        let price = |one: SpotPrice| Some((one.instance_type?, one.spot_price?.replace('.', "").parse().ok()?));
        // The newest come first, and the last of several is kept.
        Ok(found.unwrap_or_default().into_iter().rev().filter_map(price).collect())
    }

    /// Which of these instances, which are there, fail their status checks.
    pub async fn impaired(&self, account: &str, ids: Vec<String>) -> Result<HashSet<String>, Error> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let input = DescribeInstanceStatusRequest { instance_ids: Some(ids), ..Default::default() };
        let found = self.call::<op::DescribeInstanceStatus>(account, input).await?.instance_statuses;
        let fails = |status: &Option<freehold_api::ec2::InstanceStatusSummary>| {
            status.as_ref().is_some_and(|status| status.status.as_deref() == Some("impaired"))
        };
        let sick = found
            .unwrap_or_default()
            .into_iter()
            .filter(|one| fails(&one.instance_status) || fails(&one.system_status));
        Ok(sick.filter_map(|status| status.instance_id).collect())
    }

    pub async fn launch(&self, account: &str, input: RunInstancesRequest) -> Result<Option<Seen>, Error> {
        let launched = self.call::<op::RunInstances>(account, input).await?;
        Ok(seen(Some(vec![launched])).next())
    }

    /// Whether such an instance could be launched, were there room for it.
    pub async fn could_launch(&self, account: &str, input: RunInstancesRequest) -> Result<(), Error> {
        let input = RunInstancesRequest { dry_run: Some(true), client_token: None, ..input };
        match self.call::<op::RunInstances>(account, input).await {
            Err(error) if error.code == "DryRunOperation" || is_for_now(&error) => Ok(()),
            done => done.map(drop),
        }
    }

    /// Terminates the instance; termination protection is for others.
    pub async fn terminate(&self, account: &str, id: &str) -> Result<(), Error> {
        let ask = async || {
            let input = TerminateInstancesRequest { instance_ids: one(id), ..Default::default() };
            self.call::<op::TerminateInstances>(account, input).await
        };
        match ask().await {
            Ok(_) => Ok(()),
            Err(error) if error.code == "InvalidInstanceID.NotFound" => Ok(()),
            Err(error) if error.code == "OperationNotPermitted" => {
                let input = ModifyInstanceAttributeRequest {
                    instance_id: Some(id.to_owned()),
                    disable_api_termination: Some(AttributeBooleanValue { value: Some(false) }),
                    ..Default::default()
                };
                self.call::<op::ModifyInstanceAttribute>(account, input).await?;
                ask().await.map(drop)
            }
            Err(error) => Err(error),
        }
    }

    pub async fn stop(&self, account: &str, id: &str) -> Result<(), Error> {
        let input = StopInstancesRequest { instance_ids: one(id), ..Default::default() };
        self.call::<op::StopInstances>(account, input).await.map(drop)
    }

    pub async fn start(&self, account: &str, id: &str) -> Result<(), Error> {
        let input = StartInstancesRequest { instance_ids: one(id), ..Default::default() };
        self.call::<op::StartInstances>(account, input).await.map(drop)
    }

    /// Marks an instance as the group's.
    pub async fn mark(&self, account: &str, id: &str, group: &str) -> Result<(), Error> {
        let tag = Tag { key: Some(MARK.to_owned()), value: Some(group.to_owned()) };
        let input = CreateTagsRequest { resources: one(id), tags: Some(vec![tag]), dry_run: None };
        self.call::<op::CreateTags>(account, input).await.map(drop)
    }

    /// Takes the mark off; an instance that is gone has none.
    pub async fn unmark(&self, account: &str, id: &str) -> Result<(), Error> {
        let tag = Tag { key: Some(MARK.to_owned()), value: None };
        let input = DeleteTagsRequest { resources: one(id), tags: Some(vec![tag]), dry_run: None };
        match self.call::<op::DeleteTags>(account, input).await {
            Err(error) if error.code == "InvalidInstanceID.NotFound" => Ok(()),
            done => done.map(drop),
        }
    }
}

/// The mark that an instance is launched with.
pub(super) fn mark(group: &str) -> Tag {
    Tag { key: Some(MARK.to_owned()), value: Some(group.to_owned()) }
}

fn one(id: &str) -> Option<Vec<String>> {
    Some(vec![id.to_owned()])
}

/// Whether such an instance could be launched later or elsewhere.
pub(crate) fn is_for_now(error: &Error) -> bool {
    NO_ROOM.contains(&&*error.code) || error.code == TOO_DEAR
}

fn filter(name: &str, value: &str) -> Filter {
    Filter { name: Some(name.to_owned()), values: Some(vec![literal(value)]) }
}

/// A filter's value that means itself.
fn literal(value: &str) -> String {
    value.chars().fold(String::new(), |mut text, c| {
        if matches!(c, '*' | '?' | '\\') {
            text.push('\\');
        }
        text.push(c);
        text
    })
}
