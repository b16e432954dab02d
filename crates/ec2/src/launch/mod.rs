//! Launching: from what a request and its template say to instances that are written down.
//!
//! ```text
//! RunInstancesRequest ─ request ─► LaunchParameters ─┐
//! LaunchTemplateVersion ──────────────────────────── over ─► resolve ─► Blueprint ─ make ─► rows
//! ```
//! Reading and merging say nothing of the account; [`resolve`] looks everything up and refuses what does not fit;
//! [`make`] writes. The last two run in one transaction, in [`place`].

mod interfaces;
mod make;
pub mod market;
mod place;
mod request;
mod resolve;
mod root_device;
mod seat;
mod start;
mod surroundings;
mod template;

use crate::model::Tags;

pub use make::{Made, make};
pub use place::{Order, check_order, new_request, place, place_for};
pub use request::{
    affinity, launch_parameters, launch_parameters_by, metadata_parameters, reservation_wish, shutdown_behavior,
};
pub use resolve::{Blueprint, DEFAULT_TYPE, check_architecture, check_hardware, instance_type, resolve};
pub use root_device::root_device;
pub use seat::{place_of, tenancy_of};
pub use start::{begin_start, give_back};
pub use surroundings::{Surroundings, surroundings};
pub use template::{TemplateSource, find_template, find_version, template_parameters};

/// The tags for one kind of resource that the launch makes.
pub fn tags_for(all: &[(String, Tags)], kind: &str) -> Tags {
    all.iter().find(|(named, _)| named == kind).map(|(_, tags)| tags.clone()).unwrap_or_default()
}
