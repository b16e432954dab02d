//! Which target group, and which of its targets.

mod flow;
mod target;
mod weights;

pub use flow::{Flow, for_flow};
pub use target::{find_by_hash, for_request, untried};
pub use weights::choose_group;

use crate::snapshot::{Group, Target};
use crate::status::State;

/// Whether a target gets new work while there are healthy ones. Unchecked targets count as healthy.
fn is_fit(target: &Target) -> bool {
    !target.is_draining
        && matches!(target.live.state(), State::Healthy | State::Unavailable)
        && !target.live.seems_unreachable(crate::http::date::now_millis)
}

fn is_in_zone(target: &Target, zone: Option<&str>) -> bool {
    zone.is_none_or(|zone| target.zone == zone || target.zone == "all")
}

/// Who may be chosen: the fit ones, or all that are registered if none is fit (*User Guide, Health checks: fail-open*),
/// unless the group is of a classic balancer.
fn candidates<'a>(group: &'a Group, zone: Option<&'a str>) -> impl Iterator<Item = &'a Target> + Clone {
    let targets = &group.targets;
    let fit = move |target: &&Target| is_fit(target) && is_in_zone(target, zone);
    let fails_open = group.fails_open && !targets.iter().map(|target| &**target).any(|target| fit(&target));
    targets
        .iter()
        .map(|target| &**target)
        .filter(move |target| if fails_open { !target.is_draining && is_in_zone(target, zone) } else { fit(target) })
}
