//! What is stored, and what is kept with it.

mod abandoned;
pub(crate) mod attribute;
pub(crate) mod notification;
pub(crate) mod outbox;
pub(crate) mod phone;
pub(crate) mod push;
pub(crate) mod subscription;
mod token;
pub(crate) mod topic;

pub(crate) use abandoned::AbandonedQueue;
pub(crate) use attribute::{Attribute, Attributes, Value};
pub(crate) use notification::{Kind, Notification};
pub use outbox::{Channel, Outgone};
pub(crate) use phone::{SandboxNumber, SmsAttributes};
pub(crate) use push::{Application, Device};
pub(crate) use subscription::{Protocol, State, Subscription};
pub(crate) use token::Token;
pub(crate) use topic::Topic;
