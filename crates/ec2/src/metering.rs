//! What instances, volumes and public addresses are used for: written down in the transaction that ends it.

use freehold_metering::{Ongoing, Stretch, Tenancy as Metered, Used};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use jiff::{SignedDuration, Timestamp};

use crate::Ec2;
use crate::catalogue;
use crate::errors::Result;
use crate::model::{Instance, InstanceState, PublicAddress, Tenancy, Volume};
use crate::spot::price::Price;

/// A Spot instance that EC2 interrupts before this costs nothing (*EC2 user guide, Billing for interrupted Spot
/// Instances*).
const FREE_UNTIL: SignedDuration = SignedDuration::from_hours(1);

/// Writes what became of an instance; if a run ended with it, that it ran.
pub fn put_instance(tx: &mut dyn Tx, before: &Instance, after: &Instance, now: Timestamp) -> Result<()> {
    if before.state == InstanceState::Running && after.state != InstanceState::Running {
        let run = run(before, now);
        if !(after.was_interrupted() && run.from.duration_until(now) < FREE_UNTIL) {
            tx.put(&run)?;
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

/// The run that an instance is in.
fn run(instance: &Instance, until: Timestamp) -> Stretch {
    let kind = catalogue::find(&instance.instance_type);
    let price = || kind.as_ref().and_then(Price::in_force).map(|price| price.to_string());
    let used = Used::Instance {
        instance_type: instance.instance_type.clone(),
        zone: instance.placement.zone.clone(),
        platform: instance.platform_details.clone(),
        tenancy: match instance.placement.tenancy {
            Tenancy::Default => Metered::Default,
            Tenancy::Dedicated => Metered::Dedicated,
            Tenancy::Host => Metered::Host,
        },
        spot_price: instance.spot.as_ref().and_then(|_| price()),
    };
    let since = instance.running_since.unwrap_or(instance.launch_time);
    Stretch::new(&instance.account, &instance.id, used, (since, until)).with_tags(instance.tags.iter())
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
        let mut found = Vec::new();
        for filter in [running].iter().chain(&busy) {
            let instances = self.store.list::<Instance>(filter)?;
            let running = instances.iter().filter(|instance| instance.state == InstanceState::Running);
            found.extend(running.map(|instance| run(instance, now)));
        }
        found.extend(self.store.list::<Volume>(&Filter::all())?.iter().map(|volume| of_volume(volume, now)));
        found.extend(self.store.list::<PublicAddress>(&Filter::all())?.iter().map(|held| of_address(held, now)));
        Ok(found)
    }
}
