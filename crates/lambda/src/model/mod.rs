//! What is stored.

mod alias;
mod code_signing;
mod dismissed;
mod event_invoke;
mod function;
mod interface;
mod layer;
mod mapping;
mod provisioned;
mod settings;
mod state;
mod time;
mod url;
mod version;

pub(crate) use alias::Alias;
pub(crate) use code_signing::CodeSigningConfig;
pub(crate) use dismissed::{Dismissed, Remains};
pub(crate) use event_invoke::EventInvoke;
pub(crate) use function::{Function, Permissions, RuntimeManagement};
pub(crate) use interface::{Interface, InterfaceState};
pub(crate) use layer::{Layer, LayerVersion};
pub(crate) use mapping::{Mapping, MappingState};
pub(crate) use provisioned::{Paid, Provisioned};
pub(crate) use settings::{Logging, Settings, Vpc};
pub(crate) use state::{Failure, State, Update};
pub(crate) use time::{iso, modified};
pub(crate) use url::{AuthType, Cors, FunctionUrl, InvokeMode};
pub(crate) use version::{Code, Version};
