//! What EC2 stores. One file per resource; each is a document of its own kind, written only inside transactions.
//!
//! Relations go one way wherever they can: an instance does not list its interfaces, interfaces name their
//! instance and are found by index. Where both ends must know (an elastic address and the interface it is
//! associated with) both are written in one transaction.

mod account;
mod address;
mod capacity_reservation;
mod cpu_credits;
mod fleet;
mod held_room;
mod host;
mod image;
mod instance;
mod instance_state;
mod internet_gateway;
mod key_pair;
mod launch;
mod launch_template;
mod network_acl;
mod network_interface;
mod pools;
mod reserved_modification;
mod resource;
mod route_table;
mod security_group;
mod spot;
mod spot_request;
mod spot_share;
mod spot_state;
mod subnet;
mod tags;
mod volume;
mod vpc;

pub use account::Account;
pub use address::{Address, AddressAssociation};
pub use capacity_reservation::{
    CapacityReservation, MatchCriteria, ReservationState, ReservationTerms, ReservationWish,
};
pub use cpu_credits::CpuCredits;
pub use fleet::{
    FLEET_REMEMBERED, Fleet, FleetApi, FleetConfig, FleetFault, FleetKind, FleetMarket, FleetMember, FleetOverride,
    FleetRecord, FleetSource, FleetState, FleetTarget, LaunchedFrom, MarketOptions, Rebalance, RecordKind, Strategy,
};
pub use held_room::HeldRoom;
pub use host::{Affinity, DedicatedHost, HostState};
pub use image::{Image, ImageState, Interruption};
pub use instance::{
    IamProfile, Instance, MetadataOptions, Placement, Room, RootDevice, ShutdownBehavior, StateReason, Tenancy, Wiring,
};
pub use instance_state::{Desired, Event, Illegal, InstanceState, Transition, transition};
pub use internet_gateway::InternetGateway;
pub use key_pair::{KeyPair, KeyType};
pub use launch::{
    InterfaceParameters, LaunchParameters, MetadataParameters, PlacementParameters, RootDeviceParameters,
};
pub use launch_template::{LaunchTemplate, LaunchTemplateVersion};
pub use network_acl::{AclAssociation, AclEntry, NetworkAcl};
pub use network_interface::{
    Attachment, AttachmentStatus, InterfaceAddress, InterfaceKind, InterfaceStatus, NetworkInterface,
    PublicAssociation, Requester,
};
pub use pools::{PrivateAddress, PublicAddress};
pub use reserved_modification::{ModificationStatus, ReservedModification, ReservedTarget};
pub use resource::{Malformed, Resource};
pub use route_table::{Route, RouteOrigin, RouteTable, RouteTableAssociation, RouteTarget};
pub use security_group::{Peer, Protocol, SecurityGroup, SecurityGroupRule};
pub use spot::{Cause, InterruptionBehavior, MarketParameters, NOTICE, SpotKind, SpotParameters, SpotTerms, Told};
pub use spot_request::{SpotRequest, SpotStatus};
pub use spot_share::SpotShare;
pub use spot_state::{Binding, By, Hold, SpotEvent, SpotState};
pub use subnet::Subnet;
pub use tags::Tags;
pub use volume::{Volume, VolumeAttachment, VolumeState};
pub use vpc::{CidrAssociation, Vpc};
