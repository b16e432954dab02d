//! What is stored. Operations write it; reconcilers read what should be, and write down only what they found or made:
//! a balancer's state and the addresses in its zones, and the targets that are gone.

pub mod arns;
pub mod attributes;
pub mod capacity;
pub mod listener;
pub mod load_balancer;
pub mod names;
pub mod node_config;
pub mod rule;
pub mod target_group;
#[cfg(test)]
pub mod testing;
pub mod uses;

pub use capacity::Capacity;
pub use listener::Listener;
pub use load_balancer::{LoadBalancer, Scheme, State, Zone};
pub use node_config::node_config;
pub use rule::Rule;
pub use target_group::{Target, TargetGroup};
pub use uses::Uses;
