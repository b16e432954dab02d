//! Everything that wears tags, by the prefix of its ids, which Reserved Instances alone do without. Two things are not documents of their own: the rules of a
//! security group, and the snapshot of an image.

use freehold_billing::model::Reserved;
use freehold_core::ids;
use freehold_store::{Tx, TxExt};

use crate::errors::{Error, Result};
use crate::lookup::{self, Committed};
use crate::model::{
    Address, CapacityReservation, DedicatedHost, Fleet, FleetApi, Image, Instance, InternetGateway, KeyPair,
    LaunchTemplate, NetworkAcl, NetworkInterface, Resource, RouteTable, SecurityGroup, SpotRequest, Subnet, Tags,
    Volume, Vpc,
};
use crate::operations::fleets;
use crate::operations::reserved_instances::find;

/// What is done to the tags of one resource.
pub type Change<'a> = &'a dyn Fn(&mut Tags) -> Result<()>;

/// The tags of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    pub resource: String,
    /// `instance`, `security-group-rule`, …
    pub kind: &'static str,
    pub tags: Tags,
}

struct Kind {
    /// Of its ids, without the dash.
    prefix: &'static str,
    change: fn(&mut dyn Tx, &str, &str, Change<'_>) -> Result<()>,
    list: fn(&mut Committed<'_>, &str) -> Result<Vec<Tagged>>,
}

/// Ids of Reserved Instances are UUIDs, without a prefix.
const NONE: &str = "";
const UUID_LENGTH: usize = 36;

const KINDS: &[Kind] = &[
    of::<Instance>(),
    of::<Volume>(),
    of::<Image>(),
    of::<LaunchTemplate>(),
    of::<KeyPair>(),
    of::<Vpc>(),
    of::<Subnet>(),
    of::<RouteTable>(),
    of::<InternetGateway>(),
    of::<NetworkAcl>(),
    of::<NetworkInterface>(),
    of::<Address>(),
    of::<SecurityGroup>(),
    of::<SpotRequest>(),
    of::<DedicatedHost>(),
    of::<CapacityReservation>(),
    Kind { prefix: NONE, change: change_reserved, list: list_reserved },
    Kind { prefix: "sgr", change: change_rule, list: list_rules },
    Kind {
        prefix: "fleet",
        change: |tx, account, id, change| change_fleet(tx, (FleetApi::Ec2, account), id, change),
        list: |from, account| list_fleets(from, FleetApi::Ec2, account),
    },
    Kind {
        prefix: "sfr",
        change: |tx, account, id, change| change_fleet(tx, (FleetApi::Spot, account), id, change),
        list: |from, account| list_fleets(from, FleetApi::Spot, account),
    },
    Kind { prefix: "snap", change: change_snapshot, list: list_snapshots },
];

const fn of<R: Resource>() -> Kind {
    Kind { prefix: R::PREFIX, change: change_one::<R>, list: list_all::<R> }
}

/// Changes the tags of the account's resource with this id.
pub fn change(tx: &mut dyn Tx, account: &str, id: &str, change: Change<'_>) -> Result<()> {
    let prefix = if is_uuid(id) { NONE } else { id.split_once('-').map_or(id, |(prefix, _)| prefix) };
    let kind = KINDS.iter().find(|kind| kind.prefix == prefix && id.len() > prefix.len());
    let kind = kind.ok_or_else(|| Error::other("InvalidID", format!("The ID '{id}' is not valid")))?;
    (kind.change)(tx, account, id, change)
}

/// All resources of the account that have tags.
pub fn all(from: &mut Committed<'_>, account: &str) -> Result<Vec<Tagged>> {
    let mut all = Vec::new();
    for kind in KINDS {
        all.extend((kind.list)(from, account)?.into_iter().filter(|tagged| !tagged.tags.is_empty()));
    }
    Ok(all)
}

fn change_one<R: Resource>(tx: &mut dyn Tx, account: &str, id: &str, change: Change<'_>) -> Result<()> {
    let mut resource: R = lookup::one(tx, account, id)?;
    change(resource.tags_mut())?;
    Ok(tx.put(&resource)?)
}

fn list_all<R: Resource>(from: &mut Committed<'_>, account: &str) -> Result<Vec<Tagged>> {
    let all: Vec<R> = lookup::all(from, account)?;
    let tagged = |resource: R| Tagged { resource: resource.id().into(), kind: R::TYPE, tags: resource.tags().clone() };
    Ok(all.into_iter().map(tagged).collect())
}

fn is_uuid(id: &str) -> bool {
    let is_digit = |c: char| c == '-' || c.is_ascii_hexdigit();
    id.len() == UUID_LENGTH && id.chars().all(is_digit) && id.matches('-').count() == 4
}

fn change_reserved(tx: &mut dyn Tx, account: &str, id: &str, change: Change<'_>) -> Result<()> {
    let found = tx.get::<Reserved>(id)?.filter(|reserved| reserved.account == account);
    let mut reserved = found.ok_or_else(|| find::not_found(id))?;
    let mut tags = Tags(reserved.tags);
    change(&mut tags)?;
    reserved.tags = tags.0;
    Ok(tx.put(&reserved)?)
}

fn list_reserved(from: &mut Committed<'_>, account: &str) -> Result<Vec<Tagged>> {
    let all: Vec<Reserved> = lookup::all(from, account)?;
    let tagged = |one: Reserved| Tagged { resource: one.id, kind: "reserved-instances", tags: Tags(one.tags) };
    Ok(all.into_iter().map(tagged).collect())
}

fn change_rule(tx: &mut dyn Tx, account: &str, id: &str, change: Change<'_>) -> Result<()> {
    for mut group in lookup::all::<SecurityGroup>(tx, account)? {
        if let Some(rule) = group.rules.iter_mut().find(|rule| rule.id == id) {
            change(&mut rule.tags)?;
            return Ok(tx.put(&group)?);
        }
    }
    let message = format!("The security group rule ID '{id}' does not exist");
    Err(Error::NotFound { code: "InvalidSecurityGroupRuleId.NotFound", message })
}

fn list_rules(from: &mut Committed<'_>, account: &str) -> Result<Vec<Tagged>> {
    let groups: Vec<SecurityGroup> = lookup::all(from, account)?;
    let rules = groups.into_iter().flat_map(|group| group.rules);
    Ok(rules.map(|rule| Tagged { resource: rule.id, kind: "security-group-rule", tags: rule.tags }).collect())
}

fn change_fleet(tx: &mut dyn Tx, (api, account): (FleetApi, &str), id: &str, change: Change<'_>) -> Result<()> {
    let mut fleet = fleets::lookup::one(tx, api, account, id)?;
    change(&mut fleet.tags)?;
    Ok(tx.put(&fleet)?)
}

fn list_fleets(from: &mut Committed<'_>, api: FleetApi, account: &str) -> Result<Vec<Tagged>> {
    let fleets = fleets::lookup::named_or_all(from, api, account, None)?;
    let kind = Fleet::resource_type(api);
    Ok(fleets.into_iter().map(|fleet| Tagged { resource: fleet.id, kind, tags: fleet.tags }).collect())
}

fn change_snapshot(tx: &mut dyn Tx, account: &str, id: &str, change: Change<'_>) -> Result<()> {
    if !ids::is_well_formed("snap", id) {
        return Err(Error::MalformedExpecting { code: "InvalidSnapshotID.Malformed", id: id.into(), prefix: "snap" });
    }
    for mut image in lookup::all::<Image>(tx, account)? {
        if image.snapshot == id {
            change(&mut image.snapshot_tags)?;
            return Ok(tx.put(&image)?);
        }
    }
    let message = format!("The snapshot '{id}' does not exist.");
    Err(Error::NotFound { code: "InvalidSnapshot.NotFound", message })
}

fn list_snapshots(from: &mut Committed<'_>, account: &str) -> Result<Vec<Tagged>> {
    let images: Vec<Image> = lookup::all(from, account)?;
    let tagged = |image: Image| Tagged { resource: image.snapshot, kind: "snapshot", tags: image.snapshot_tags };
    Ok(images.into_iter().map(tagged).collect())
}
