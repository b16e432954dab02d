//! What makes desired state true.

mod connect;
mod dismiss;
mod forget_layers;
mod forget_packages;
mod forget_unpacked;
mod prepare;
mod provision;
mod settle_mappings;

#[cfg(test)]
pub(crate) use {
    connect::Connect, dismiss::Dismiss, forget_layers::ForgetLayers, forget_unpacked::ForgetUnpacked, prepare::Prepare,
};

use std::sync::Arc;

use freehold_core::reconcile::Reconcilers;
use freehold_store::Document;

use crate::Lambda;
use crate::model::{Dismissed, Interface, LayerVersion, Mapping, Provisioned, Version};

/// Sets all reconcilers of Lambda to work.
pub(crate) fn start(lambda: &Arc<Lambda>, reconcilers: &Reconcilers) {
    let store = &lambda.store;
    let prepare = prepare::Prepare(Arc::clone(lambda));
    reconcilers.spawn(prepare, vec![store.watch(Version::KIND), store.watch(Interface::KIND)]);
    reconcilers.spawn(connect::Connect(Arc::clone(lambda)), vec![store.watch(Interface::KIND)]);
    reconcilers.spawn(dismiss::Dismiss(Arc::clone(lambda)), vec![store.watch(Dismissed::KIND)]);
    let pollers = settle_mappings::SettleMappings(Arc::clone(lambda));
    reconcilers.spawn(pollers, vec![store.watch(Mapping::KIND)]);
    let provision = provision::Provision(Arc::clone(lambda));
    reconcilers.spawn(provision, vec![store.watch(Provisioned::KIND), store.watch(Version::KIND)]);
    let layers = forget_layers::ForgetLayers(Arc::clone(lambda));
    reconcilers.spawn(layers, vec![store.watch(LayerVersion::KIND), store.watch(Version::KIND)]);
    let unpacked = forget_unpacked::ForgetUnpacked(Arc::clone(lambda));
    reconcilers.spawn(unpacked, vec![store.watch(Dismissed::KIND), store.watch(LayerVersion::KIND)]);
    reconcilers.spawn(forget_packages::ForgetPackages(Arc::clone(lambda)), Vec::new());
}
