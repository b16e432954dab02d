//! Network interfaces of functions in VPCs. Functions with the same subnet and security groups share one (*Developer guide,
//! Giving Lambda functions access to resources in an Amazon VPC: Hyperplane ENIs*).

use std::collections::BTreeSet;

use freehold_core::ids;
use freehold_functions::spec;
use freehold_store::Document;
use serde::{Deserialize, Serialize};

use super::{Failure, Version, Vpc};

/// An interface, from when somebody wants it until it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// The subnet and its groups.
    id: String,
    pub account: String,
    pub vpc: String,
    pub subnet: String,
    /// Sorted.
    pub groups: Vec<String>,
    /// By which EC2's own is found again: `AWS Lambda VPC ENI-f-…`, with the name of the function that came first.
    pub description: String,
    /// ARN of the role of that function, which it is made for.
    pub role: String,
    /// Builds that use it, or will.
    pub users: BTreeSet<String>,
    pub state: InterfaceState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InterfaceState {
    /// Not made, as far as is known.
    Wanted,
    Made(spec::Interface),
    /// EC2 will not make it.
    Refused(Failure),
    /// Nobody wanted it when it was looked; it is to go, and whoever comes now gets another.
    Leaving,
}

impl Interface {
    pub fn new(version: &Version, vpc: &Vpc, subnet: &str) -> Self {
        let groups = sorted(&vpc.groups);
        Self {
            id: Self::id_of(subnet, &vpc.groups),
            account: version.account.clone(),
            vpc: vpc.id.clone(),
            subnet: subnet.to_owned(),
            groups,
            description: describe(&version.name),
            role: version.settings.role.clone(),
            users: BTreeSet::new(),
            state: InterfaceState::Wanted,
        }
    }

    pub fn id_of(subnet: &str, groups: &[String]) -> String {
        format!("{subnet}/{}", sorted(groups).join(","))
    }

    /// Notes that a build wants it, unless it leaves: then the build waits for the next one. Whether there was something
    /// to note.
    pub fn take(&mut self, build: &str) -> bool {
        if self.state == InterfaceState::Leaving {
            return false;
        }
        let is_new = self.users.insert(build.to_owned());
        // What EC2 refused it may grant by now.
        if is_new && matches!(self.state, InterfaceState::Refused(_)) {
            self.state = InterfaceState::Wanted;
        }
        is_new
    }
}

/// The name of an interface for a function; another one each time.
fn describe(function: &str) -> String {
    format!("AWS Lambda VPC ENI-{function}-{}", ids::uuid())
}

fn sorted(groups: &[String]) -> Vec<String> {
    groups.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

impl Document for Interface {
    const KIND: &'static str = "lambda.interface";

    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> &str {
        &self.account
    }

    /// Whether it is not yet what it should be.
    fn index(&self) -> [Option<String>; 3] {
        let is_unsettled =
            self.users.is_empty() || matches!(self.state, InterfaceState::Wanted | InterfaceState::Leaving);
        [is_unsettled.then(|| "unsettled".to_owned()), None, None]
    }
}
