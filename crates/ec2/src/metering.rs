//! What instances, volumes and public addresses are used for: written down in the transaction that ends it.

use freehold_metering::{Ongoing, Stretch, Tenancy as Metered, Used};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::Ec2;
use crate::catalogue;
use crate::errors::Result;
use crate::model::{
    CapacityReservation, DedicatedHost, HeldRoom, HostState, Instance, InstanceState, PublicAddress, Tenancy, Volume,
};
use crate::rooms;
use crate::spot::market::Market;

/// A Spot instance that EC2 interrupts before this costs nothing (*EC2 user guide, Billing for interrupted Spot
/// Instances*).
const FREE_UNTIL: SignedDuration = SignedDuration::from_hours(1);

/// Writes what became of an instance; if a run ended with it, that it ran.
pub fn put_instance(tx: &mut dyn Tx, before: &Instance, after: &Instance, now: Timestamp) -> Result<()> {
    if before.state == InstanceState::Running && after.state != InstanceState::Running {
        let is_free = after.was_interrupted() && began(before).duration_until(now) < FREE_UNTIL;
        // Only Spot instances ask for the price of each hour.
        let market = if before.spot.is_some() { Market::read(tx)? } else { Market::default() };
        for stretch in run(before, &market, now).filter(|_| !is_free) {
            tx.put(&stretch)?;
        }
    }
    Ok(tx.put(after)?)
}

/// Deletes a volume.
pub fn delete_volume(tx: &mut dyn Tx, volume: &Volume, now: Timestamp) -> Result<()> {
    tx.put(&of_volume(volume, now))?;
    tx.delete::<Volume>(&volume.id)?;
    Ok(())
}

/// Deletes the row of a public address that nobody holds any more.
pub fn delete_address(tx: &mut dyn Tx, id: &str, now: Timestamp) -> Result<()> {
    if let Some(held) = tx.get::<PublicAddress>(id)? {
        tx.put(&of_address(&held, now))?;
        tx.delete::<PublicAddress>(id)?;
    }
    Ok(())
}

fn began(instance: &Instance) -> Timestamp {
    instance.running_since.unwrap_or(instance.launch_time)
}

/// The run that an instance is in. Each hour of a Spot instance costs what it cost at the hour's beginning (*EC2 user guide,
/// Billing for Spot Instances*), so that its run is as many stretches as it had prices.
fn run(instance: &Instance, market: &Market, until: Timestamp) -> impl Iterator<Item = Stretch> {
    let since = began(instance);
    let kind = catalogue::find(&instance.instance_type);
    let price = |at| kind.as_ref().and_then(|kind| market.price(kind, at)).map(|price| price.to_string());
    let mut periods: Vec<(Timestamp, Option<String>)> =
        vec![(since, instance.spot.as_ref().and_then(|_| price(since)))];
    if instance.spot.is_some() {
        for at in hours(since).skip(1).take_while(|at| *at < until) {
            let price = price(at);
            if periods.last().is_some_and(|(_, before)| *before != price) {
                periods.push((at, price));
            }
        }
    }
    let ends: Vec<Timestamp> = periods.iter().skip(1).map(|(at, _)| *at).chain([until]).collect();
    let used = |spot_price| Used::Instance {
        instance_type: instance.instance_type.clone(),
        zone: instance.placement.zone.clone(),
        platform: instance.platform_details.clone(),
        tenancy: metered(instance.placement.tenancy),
        spot_price,
    };
    let stretch = |(from, price): (Timestamp, _), to| {
        let one = Stretch::new(&instance.account, &instance.id, used(price), (from, to));
        let one = if from == since { one } else { one.going_on() };
        one.with_tags(instance.tags.iter())
    };
    let stretches: Vec<Stretch> = periods.into_iter().zip(ends).map(|(period, to)| stretch(period, to)).collect();
    stretches.into_iter()
}

/// The beginnings of a run's hours.
fn hours(since: Timestamp) -> impl Iterator<Item = Timestamp> {
    (0..).map_while(move |hour| since.checked_add(SignedDuration::from_hours(hour)).ok())
}

pub(crate) fn metered(tenancy: Tenancy) -> Metered {
    match tenancy {
        Tenancy::Default => Metered::Default,
        Tenancy::Dedicated => Metered::Dedicated,
        Tenancy::Host => Metered::Host,
    }
}

/// A Dedicated Host, from its allocation on.
pub(crate) fn of_host(host: &DedicatedHost, until: Timestamp) -> Stretch {
    let used = Used::Host { family: host.family.clone() };
    Stretch::new(&host.account, &host.id, used, (host.allocated, until)).with_tags(host.tags.iter())
}

fn of_volume(volume: &Volume, until: Timestamp) -> Stretch {
    let used = Used::Volume { volume_type: volume.volume_type.clone(), gib: volume.size_gib };
    Stretch::new(&volume.account, &volume.id, used, (volume.created, until)).with_tags(volume.tags.iter())
}

/// AWS asks the same for one that is idle, and for one that is used.
fn of_address(held: &PublicAddress, until: Timestamp) -> Stretch {
    let used = Used::Address { is_idle: false };
    Stretch::new(&held.account, &held.holder, used, (held.since.unwrap_or(until), until))
}

impl Ongoing for Ec2 {
    fn ongoing(&self, now: Timestamp) -> Result<Vec<Stretch>, freehold_store::Error> {
        let running = Filter::index(2, InstanceState::Running.name());
        // Those that reboot or are rewired run as well; their index says so.
        let busy = [Instance::REBOOTING, Instance::REWIRING].map(|work| Filter::index(2, work));
        let market = Market::of(self.store.list(&Filter::all())?);
        let mut found = Vec::new();
        for filter in [running].iter().chain(&busy) {
            let instances = self.store.list::<Instance>(filter)?;
            let running = instances.iter().filter(|instance| instance.state == InstanceState::Running);
            found.extend(running.flat_map(|instance| run(instance, &market, now)));
        }
        found.extend(self.store.list::<Volume>(&Filter::all())?.iter().map(|volume| of_volume(volume, now)));
        found.extend(self.store.list::<PublicAddress>(&Filter::all())?.iter().map(|held| of_address(held, now)));
        let hosts = self.store.list::<DedicatedHost>(&Filter::index(0, HostState::Available.name()))?;
        found.extend(hosts.iter().map(|host| of_host(host, now)));
        for room in self.store.list::<HeldRoom>(&Filter::all())? {
            let reservation = self.store.get::<CapacityReservation>(&room.id)?;
            // One whose date has come ended then, though nobody has noticed yet.
            let end = reservation.as_ref().and_then(|one| one.end).map_or(now, |end| end.min(now));
            found.extend(rooms::unused(&room, &reservation.map(|one| one.tags).unwrap_or_default(), end));
        }
        Ok(found)
    }
}
