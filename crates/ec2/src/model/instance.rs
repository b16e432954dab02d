//! Instances. The machine's own facts (processes, disk) are the driver's; here is what users asked for and see.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::instance_state::{Event, Illegal, InstanceState, Transition, transition};
use super::resource::{Malformed, document, resource};
use super::{Affinity, InterruptionBehavior, ReservationTerms, SpotTerms, Tags};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `i-…`; also the name of its machine on the host.
    pub id: String,
    pub account: String,
    /// `r-…`: what one call of RunInstances made.
    pub reservation: String,
    /// Its place among the instances of the reservation.
    pub launch_index: u32,
    pub state: InstanceState,
    /// Why it stopped or was terminated.
    pub state_reason: Option<StateReason>,
    /// `User initiated (2026-11-23 17:00:00 GMT)`, or empty.
    pub transition_reason: String,
    pub image: String,
    pub instance_type: String,
    /// Name of the key pair.
    pub key_name: Option<String>,
    /// The key itself, as it was at launch: deleting the pair later takes nothing from the instance.
    pub public_key: Option<String>,
    /// Of the first launch and of each start since.
    pub launch_time: Timestamp,
    pub created: Timestamp,
    pub placement: Placement,
    #[serde(default)]
    pub reservation_terms: ReservationTerms,
    pub vpc: String,
    pub subnet: String,
    /// Primary address; kept while stopped and, for display, not after termination.
    pub private_ip: String,
    pub client_token: String,
    /// As given, base64.
    pub user_data: Option<String>,
    pub metadata: MetadataOptions,
    pub shutdown_behavior: ShutdownBehavior,
    pub disable_api_termination: bool,
    pub disable_api_stop: bool,
    /// Detailed monitoring.
    pub monitoring: bool,
    pub ebs_optimized: bool,
    /// `standard` or `unlimited`; only for burstable types.
    pub cpu_credits: Option<String>,
    pub iam_profile: Option<IamProfile>,
    pub root: RootDevice,
    pub source_dest_check: bool,
    /// Only where it was bought as a Spot instance.
    #[serde(default)]
    pub spot: Option<SpotTerms>,
    pub tags: Tags,
    /// Whether it ever ran: what fails later is stopped, not terminated.
    pub launched: bool,
    /// When the guest is cut off if it has not shut down by itself. Set while stopping or shutting down.
    pub halt_deadline: Option<Timestamp>,
    /// The guest was asked to shut down.
    pub halt_asked: bool,
    /// RebootInstances was called and the guest is not told yet.
    pub reboot_asked: bool,
    #[serde(default)]
    pub wiring: Wiring,
    /// Whether the host's room is there that it needs to begin.
    #[serde(default)]
    pub room: Room,
    /// When it began to run; of its last run, if it does not.
    #[serde(default)]
    pub running_since: Option<Timestamp>,
    /// When it reached `terminated`; it is forgotten about an hour later.
    pub terminated_at: Option<Timestamp>,
    /// Name of the machine image in the host's image store, copied from the AMI (which may be deregistered).
    pub machine_image: String,
    pub architecture: String,
    pub platform_details: String,
}

document!(Instance, "ec2.instance", |i| [Some(i.vpc.clone()), Some(i.reservation.clone()), Some(i.work().into())]);
resource!(Instance, "i", "instance", "InvalidInstanceID", "instance", Malformed::Plain("InvalidInstanceID.Malformed"));

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateReason {
    pub code: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// `us-east-1a`
    pub zone: String,
    pub zone_id: String,
    pub tenancy: Tenancy,
    /// The Dedicated Host that it is on, or was before it stopped; only with tenancy `host`.
    #[serde(default)]
    pub host: Option<String>,
    #[serde(default)]
    pub affinity: Affinity,
    /// The real CPUs of its account's Dedicated Instances, as they were when it began; only with tenancy `dedicated`.
    #[serde(default)]
    pub cores: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tenancy {
    #[default]
    Default,
    Dedicated,
    Host,
}

/// `instance-initiated-shutdown-behavior`: what the guest's own power-off means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShutdownBehavior {
    #[default]
    Stop,
    Terminate,
}

impl ShutdownBehavior {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Terminate => "terminate",
        }
    }
}

/// The instance metadata service, as this instance's owner wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataOptions {
    pub endpoint_enabled: bool,
    pub tokens_required: bool,
    /// 1 to 64.
    pub hop_limit: u8,
    pub tags_enabled: bool,
}

impl Default for MetadataOptions {
    /// As for images that do not ask for version 2 (*API reference, InstanceMetadataOptionsRequest*).
    fn default() -> Self {
        Self { endpoint_enabled: true, tokens_required: false, hop_limit: 1, tags_enabled: false }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IamProfile {
    /// `iip-assoc-…`
    pub association: String,
    pub arn: String,
    /// `AIPA…`
    pub id: String,
    pub associated: Timestamp,
}

impl IamProfile {
    /// The profile's name: the last part of its ARN.
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootDevice {
    /// `/dev/xvda`
    pub name: String,
    /// `vol-…`
    pub volume: String,
    pub size_gib: u32,
    pub delete_on_termination: bool,
    pub attached: Timestamp,
}

/// Changes of an instance's interfaces and their addresses, counted: how many were asked for, and how many of those
/// the machine has followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wiring {
    pub asked: u64,
    pub done: u64,
}

/// The room of an instance that is to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Room {
    /// It is there; since when, if it had to be waited for.
    Given(Option<Timestamp>),
    /// Spot instances are interrupted for it.
    Awaited,
}

impl Default for Room {
    fn default() -> Self {
        Self::Given(None)
    }
}

impl Tenancy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Dedicated => "dedicated",
            Self::Host => "host",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Default, Self::Dedicated, Self::Host].into_iter().find(|tenancy| tenancy.name() == name)
    }
}

impl Wiring {
    /// The interfaces, or what they hold, are others from now on.
    pub fn ask(&mut self) {
        self.asked = self.asked.saturating_add(1);
    }

    pub fn is_pending(self) -> bool {
        self.asked != self.done
    }
}

impl Instance {
    /// Lets `event` happen at `now`. On a change of state the texts that explain it change too.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Result<Transition, Illegal> {
        let outcome = transition(self.state, event)?;
        if !outcome.changes() {
            return Ok(outcome);
        }
        self.state = outcome.to;
        // Halting keeps the reason that its beginning was given.
        if event != Event::Halted {
            self.state_reason = outcome.reason.map(StateReason::new);
            self.transition_reason = match event {
                Event::Stop | Event::Terminate => format!("User initiated ({})", now.strftime("%Y-%m-%d %H:%M:%S GMT")),
                Event::Failed { .. } | Event::Lost => {
                    format!("Server.InternalError ({})", now.strftime("%Y-%m-%d %H:%M:%S GMT"))
                }
                Event::Crowded { .. } => {
                    let code = super::instance_state::NO_CAPACITY;
                    format!("{code} ({})", now.strftime("%Y-%m-%d %H:%M:%S GMT"))
                }
                Event::Interrupted(behavior) => {
                    let code = super::instance_state::interrupted(behavior);
                    format!("{code} ({})", now.strftime("%Y-%m-%d %H:%M:%S GMT"))
                }
                _ => String::new(),
            };
        }
        match outcome.to {
            InstanceState::Pending => {
                self.launch_time = now;
                // It has room again.
                if let Some(spot) = &mut self.spot {
                    spot.resume();
                }
            }
            InstanceState::Running => (self.launched, self.running_since) = (true, Some(now)),
            InstanceState::Terminated => self.terminated_at = Some(now),
            _ => {}
        }
        if outcome.to != InstanceState::Pending {
            self.room = Room::Given(None);
        }
        if matches!(outcome.to, InstanceState::Pending | InstanceState::Stopped | InstanceState::Terminated) {
            (self.halt_asked, self.halt_deadline, self.reboot_asked) = (false, None, false);
        }
        Ok(outcome)
    }

    /// Why it is in its state. AWS gives no other reason for an instance that begins than that it does.
    pub fn reason(&self) -> Option<StateReason> {
        match self.state {
            InstanceState::Pending => Some(StateReason::new("pending")),
            _ => self.state_reason.clone(),
        }
    }

    /// Whether it is to begin as soon as Spot instances have made room.
    pub fn awaits_room(&self) -> bool {
        self.state == InstanceState::Pending && self.room == Room::Awaited
    }

    /// Since when nothing but its machine keeps it from running.
    pub fn begins(&self) -> Timestamp {
        match self.room {
            Room::Given(Some(since)) => since,
            _ => self.launch_time,
        }
    }

    /// Whether EC2 took its room back.
    pub fn was_interrupted(&self) -> bool {
        let codes =
            [InterruptionBehavior::Terminate, InterruptionBehavior::Stop].map(super::instance_state::interrupted);
        self.state_reason.as_ref().is_some_and(|reason| codes.contains(&reason.code.as_str()))
    }

    /// What its third index holds: the state, or what is to be done besides. Reconcilers select by it.
    pub fn work(&self) -> &'static str {
        match self.state {
            _ if self.reboot_asked => Self::REBOOTING,
            InstanceState::Running | InstanceState::Stopped if self.wiring.is_pending() => Self::REWIRING,
            state => state.name(),
        }
    }

    pub const REBOOTING: &'static str = "rebooting";
    /// Its machine is to get or lose interfaces or addresses.
    pub const REWIRING: &'static str = "rewiring";

    /// The host name inside and the first label of the private DNS name: `ip-172-31-0-5`.
    pub fn hostname(&self) -> String {
        format!("ip-{}", self.private_ip.replace('.', "-"))
    }
}

impl StateReason {
    /// A reason with the sentence that AWS gives it.
    pub fn new(code: &str) -> Self {
        let message = match code {
            super::instance_state::USER_INITIATED => "Client.UserInitiatedShutdown: User initiated shutdown",
            super::instance_state::INSTANCE_INITIATED => {
                "Client.InstanceInitiatedShutdown: Instance initiated shutdown"
            }
            super::instance_state::INTERNAL_ERROR => "Server.InternalError: Internal error on launch",
            super::instance_state::NO_CAPACITY => {
                "Server.InsufficientInstanceCapacity: There was insufficient capacity available to satisfy the launch \
                 request"
            }
            super::instance_state::SPOT_TERMINATION => "Server.SpotInstanceTermination: Spot instance termination",
            super::instance_state::SPOT_SHUTDOWN => "Server.SpotInstanceShutdown: Spot instance shutdown",
            other => other,
        };
        Self { code: code.to_owned(), message: message.to_owned() }
    }
}
