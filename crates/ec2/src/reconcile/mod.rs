//! What makes EC2's desired state true: machines, networks, and what is left behind.

mod apply_vpcs;
mod bury_machines;
mod converge_instances;
mod end_reservations;
mod end_reserved;
mod follow_spot;
mod keep_fleets;
mod make_images;
mod measure_instances;
mod modify_reserved;
mod move_prices;
mod notice_exits;
mod pin_machines;
mod reclaim_room;
mod sweep_images;
mod tales;
mod vpc_plan;

use std::sync::Arc;

use freehold_core::events::EventSink;
use freehold_core::metrics::Metrics;
use freehold_core::reconcile::Reconcilers;
use freehold_machine::DriverKind;
use freehold_store::Document;
use tokio::sync::{broadcast, watch};

use crate::Ec2;
use crate::metadata::Metadata;
use crate::model::{
    Address, CapacityReservation, DedicatedHost, Fleet, Image, Instance, InternetGateway, NetworkInterface,
    ReservedModification, RouteTable, SecurityGroup, SpotRequest, SpotShare, Subnet, Vpc,
};

pub use apply_vpcs::{ApplyVpcs, Vpcs};
pub use bury_machines::BuryMachines;
pub use converge_instances::ConvergeInstances;
pub use end_reservations::EndReservations;
pub use end_reserved::EndReserved;
pub use follow_spot::FollowSpot;
pub use keep_fleets::KeepFleets;
pub use make_images::{ImageTurn, MakeImages};
pub use measure_instances::MeasureInstances;
pub use modify_reserved::ModifyReserved;
pub use move_prices::MovePrices;
pub use notice_exits::NoticeExits;
pub use pin_machines::PinMachines;
pub use reclaim_room::ReclaimRoom;
pub use sweep_images::SweepImages;
pub use vpc_plan::plan as vpc_plan;

/// Starts them all. Must be called inside a tokio runtime.
pub fn start(ec2: &Arc<Ec2>, metrics: Arc<dyn Metrics>, events: Arc<dyn EventSink>, reconcilers: &Reconcilers) {
    ec2.network.serve_metadata(Arc::new(Metadata::new(Arc::clone(ec2))));
    let exits = count_events(ec2);
    let vpcs = Arc::new(Vpcs::new(Arc::clone(ec2)));
    let watch = |kind: &str| ec2.store.watch(kind);
    let converge = ConvergeInstances::new(Arc::clone(ec2), Arc::clone(&vpcs)).telling(Arc::clone(&events));
    reconcilers.spawn(converge, vec![watch(Instance::KIND), exits.clone()]);
    let moves = [SpotRequest::KIND, Instance::KIND, SpotShare::KIND];
    let follow = FollowSpot::new(Arc::clone(ec2)).telling(events);
    reconcilers.spawn(follow, moves.iter().map(|kind| watch(kind)).collect());
    reconcilers.spawn(ReclaimRoom::new(Arc::clone(ec2)), vec![watch(Instance::KIND)]);
    reconcilers.spawn(KeepFleets::new(Arc::clone(ec2)), vec![watch(Fleet::KIND), watch(Instance::KIND)]);
    reconcilers.spawn(MovePrices::new(Arc::clone(ec2)), Vec::new());
    reconcilers.spawn(EndReserved::new(Arc::clone(ec2)), Vec::new());
    reconcilers.spawn(ModifyReserved::new(Arc::clone(ec2)), vec![watch(ReservedModification::KIND)]);
    let ends = [CapacityReservation::KIND, DedicatedHost::KIND].map(watch).to_vec();
    reconcilers.spawn(EndReservations::new(Arc::clone(ec2)), ends);
    let turn = ImageTurn::default();
    reconcilers.spawn(
        MakeImages::new(Arc::clone(ec2), Arc::clone(&vpcs), Arc::clone(&turn)),
        vec![watch(Image::KIND), exits.clone()],
    );
    reconcilers.spawn(SweepImages::new(Arc::clone(ec2), turn), Vec::new());
    reconcilers.spawn(NoticeExits::new(Arc::clone(ec2)), vec![exits]);
    reconcilers.spawn(BuryMachines::new(Arc::clone(ec2)), Vec::new());
    if ec2.driver.kind() != DriverKind::None {
        reconcilers.spawn(MeasureInstances::new(Arc::clone(ec2), metrics), Vec::new());
        let holders = [DedicatedHost::KIND, Instance::KIND, CapacityReservation::KIND].map(watch).to_vec();
        reconcilers.spawn(PinMachines::new(Arc::clone(ec2)), holders);
        let kinds = [
            Vpc::KIND,
            Subnet::KIND,
            RouteTable::KIND,
            InternetGateway::KIND,
            NetworkInterface::KIND,
            SecurityGroup::KIND,
            Address::KIND,
        ];
        reconcilers.spawn(ApplyVpcs::new(vpcs), kinds.iter().map(|kind| watch(kind)).collect());
    }
}

/// A counter that moves with each event of the driver: what was heard is looked up, so that one that is missed costs
/// time only.
fn count_events(ec2: &Arc<Ec2>) -> watch::Receiver<u64> {
    let mut events = ec2.driver.events();
    let (counter, receiver) = watch::channel(0);
    tokio::spawn(async move {
        while !matches!(events.recv().await, Err(broadcast::error::RecvError::Closed)) && !counter.is_closed() {
            counter.send_modify(|count| *count += 1);
        }
    });
    receiver
}

#[cfg(test)]
mod fleet_tests;
#[cfg(test)]
mod image_tests;
#[cfg(test)]
mod interface_tests;
#[cfg(test)]
mod reclaim_tests;
#[cfg(test)]
mod spot_tests;
#[cfg(test)]
mod tests;
