//! Fleets: capacity of whatever several pools give.
//!
//! ```text
//! CreateFleet, RequestSpotFleet ─► fleet ─┐
//! ModifyFleet, DeleteFleets, ─────────────┤     [`plan`] says what is next: launch, terminate, note, end
//! instances that come and go ─────────────┴─► keep_fleets ─► [`launch`] ─► instances, members, records
//!                                                 └ [`pools`] ─► [`allocate`]: from which pools
//! ```
//!
//! An instant fleet goes the same way within its call. Each instance of a fleet is a row of its own ([`FleetMember`]),
//! written in the transaction that launches it, so that none is lost or launched twice.
//!
//! [`FleetMember`]: crate::model::FleetMember

pub mod allocate;
pub mod launch;
pub mod members;
pub mod plan;
pub mod pools;
pub mod records;
