//! Which host takes an instance.

use super::shape::{Shape, count, types};
use crate::catalogue::{self, InstanceType};
use crate::model::{DedicatedHost, Instance};

/// A host, and what of it is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub host: DedicatedHost,
    pub shape: Shape,
    pub free_vcpus: u32,
}

/// What an instance asks of its host.
#[derive(Debug, Clone, Copy)]
pub struct Need<'a> {
    pub kind: &'a InstanceType,
    pub zone: &'a str,
    /// The one host that is meant; `None`: any that takes instances which name none.
    pub host: Option<&'a str>,
}

impl Candidate {
    pub fn new(host: DedicatedHost, occupants: &[Instance]) -> Self {
        let shape = Shape::of(&host.family).unwrap_or(Shape { sockets: 0, cores: 0, vcpus: 0 });
        let on_it = occupants.iter().filter(|instance| instance.placement.host.as_ref() == Some(&host.id));
        let used = on_it.filter_map(|instance| catalogue::find(&instance.instance_type)).map(|kind| kind.vcpus);
        Self { free_vcpus: shape.vcpus.saturating_sub(used.fold(0, u32::saturating_add)), host, shape }
    }

    /// Whether it is for instances of this type at all.
    pub fn is_for(&self, kind: &InstanceType) -> bool {
        match &self.host.instance_type {
            Some(only) => only == kind.name,
            None => self.host.family == kind.family() && kind.dedicated_hosts && !kind.bare_metal,
        }
    }

    /// The types that it is for: how many it takes in all, and how many still.
    pub fn capacity(&self) -> impl Iterator<Item = (InstanceType, u32, u32)> {
        types(&self.host.family)
            .filter(|kind| self.is_for(kind))
            .map(|kind| (self.shape.count(&kind), count(&kind, self.free_vcpus), kind))
            .map(|(total, free, kind)| (kind, total, free))
    }

    /// How many more of this type it takes.
    pub fn room_for(&self, kind: &InstanceType) -> u32 {
        if self.is_for(kind) { count(kind, self.free_vcpus) } else { 0 }
    }
}

/// A host for each of up to `wanted` instances, by their ids: of those that have room the fullest first, so that large
/// instances still find a host that is empty. Fewer, if there is no more room.
pub fn choose(mut candidates: Vec<Candidate>, need: Need<'_>, wanted: usize) -> Vec<String> {
    candidates.retain(|candidate| match need.host {
        Some(id) => candidate.host.id == id,
        None => candidate.host.auto_placement && candidate.host.zone == need.zone,
    });
    let mut chosen = Vec::new();
    while chosen.len() < wanted {
        let with_room = candidates.iter_mut().filter(|candidate| candidate.room_for(need.kind) > 0);
        let Some(next) = with_room.min_by(|a, b| (a.free_vcpus, &a.host.id).cmp(&(b.free_vcpus, &b.host.id))) else {
            break;
        };
        next.free_vcpus -= need.kind.vcpus;
        chosen.push(next.host.id.clone());
    }
    chosen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{HostState, Tags};

    fn host(id: &str, family: &str, only: Option<&str>, auto_placement: bool) -> Candidate {
        let host = DedicatedHost {
            id: id.into(),
            account: "1".into(),
            family: family.into(),
            instance_type: only.map(str::to_owned),
            zone: "us-east-1a".into(),
            zone_id: "use1-az1".into(),
            state: HostState::Available,
            auto_placement,
            client_token: None,
            cores: Vec::new(),
            allocated: "2026-11-30T00:00:00Z".parse().unwrap(),
            released: None,
            tags: Tags::default(),
        };
        Candidate::new(host, &[])
    }

    fn kind(name: &str) -> InstanceType {
        catalogue::find(name).unwrap()
    }

    fn anywhere(kind: &InstanceType) -> Need<'_> {
        Need { kind, zone: "us-east-1a", host: None }
    }

    #[test]
    fn a_host_takes_what_its_server_has_vcpus_for() {
        let only = host("h-1", "m5", Some("m5.4xlarge"), true);
        assert_eq!((only.room_for(&kind("m5.4xlarge")), only.room_for(&kind("m5.large"))), (6, 0));
        let family = host("h-2", "r5", None, true);
        let shown: Vec<_> = family.capacity().map(|(kind, total, free)| (kind.name, total, free)).collect();
        assert!(shown.contains(&("r5.large", 48, 48)) && shown.contains(&("r5.24xlarge", 1, 1)), "{shown:?}");
        assert!(!shown.iter().any(|(name, ..)| name.contains("metal")));
    }

    #[test]
    fn an_instance_goes_where_it_is_meant_to_or_where_there_is_auto_placement() {
        let all = vec![host("h-1", "m5", None, false), host("h-2", "m5", None, true), host("h-3", "r5", None, true)];
        let large = kind("m5.large");
        assert_eq!(choose(all.clone(), anywhere(&large), 2), ["h-2", "h-2"]);
        assert_eq!(choose(all.clone(), Need { host: Some("h-1"), ..anywhere(&large) }, 1), ["h-1"]);
        assert!(choose(all.clone(), Need { host: Some("h-3"), ..anywhere(&large) }, 1).is_empty());
        assert!(choose(all, Need { zone: "us-east-1b", ..anywhere(&large) }, 1).is_empty());
    }

    #[test]
    fn the_fullest_host_that_has_room_is_first() {
        let mut all = vec![host("h-1", "m5", None, true), host("h-2", "m5", None, true)];
        all[1].free_vcpus = 4;
        let large = kind("m5.large");
        assert_eq!(choose(all, anywhere(&large), 3), ["h-2", "h-2", "h-1"]);
    }

    proptest! {
        #[test]
        fn no_host_ever_takes_more_than_it_has(
            free in prop::collection::vec(0u32..=96, 1..5),
            wanted in 0usize..80,
            size in prop::sample::select(vec!["m5.large", "m5.xlarge", "m5.4xlarge", "m5.24xlarge"]),
        ) {
            let kind = kind(size);
            let all: Vec<Candidate> = free.iter().enumerate().map(|(number, free)| {
                Candidate { free_vcpus: *free, ..host(&format!("h-{number}"), "m5", None, true) }
            }).collect();
            let room: u32 = all.iter().map(|candidate| candidate.room_for(&kind)).sum();
            let chosen = choose(all.clone(), anywhere(&kind), wanted);
            prop_assert_eq!(chosen.len(), wanted.min(room as usize));
            for candidate in &all {
                let on_it = chosen.iter().filter(|id| **id == candidate.host.id).count();
                prop_assert!(on_it as u32 * kind.vcpus <= candidate.free_vcpus);
            }
        }
    }
}
