//! ModifyListener. What is not mentioned stays; what belongs to TLS goes when the protocol has none.

use std::sync::Arc;

use freehold_api::elbv2::{ModifyListenerInput, ModifyListenerOutput};
use freehold_balancer::config::{Action, Protocol};
use freehold_store::{Filter, Tx, TxExt};
use freehold_wire::Call;

use super::settings::{self, Secure};
use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, Rule, attributes, names};
use crate::operations::lookup;
use crate::operations::rules::actions;

/// What a request changes.
struct Changes {
    protocol: Option<String>,
    port: Option<u16>,
    certificate: Option<String>,
    ssl_policy: Option<String>,
    alpn_policy: Option<String>,
    action: Option<Action>,
}

pub(super) async fn modify_listener(
    elb: Arc<Elb>,
    call: Call,
    input: ModifyListenerInput,
) -> Result<ModifyListenerOutput, freehold_wire::Error> {
    settings::refuse_mutual(input.mutual_authentication.as_ref())?;
    let arn = input.listener_arn.unwrap_or_default();
    let _: Listener = elb.find(call.account(), &arn)?;
    let changes = Changes {
        protocol: input.protocol,
        port: input.port.and_then(|port| u16::try_from(port).ok()),
        certificate: settings::default_certificate(input.certificates)?,
        ssl_policy: input.ssl_policy,
        alpn_policy: settings::alpn(input.alpn_policy)?,
        action: input.default_actions.map(|actions| actions::parse(Some(actions))).transpose()?,
    };
    elb.check_certificates(call.account(), changes.certificate.as_slice()).await?;
    let modified = elb.change::<Listener, _>(call.account(), &arn, move |tx, listener| apply(tx, listener, changes));
    Ok(ModifyListenerOutput { listeners: Some(vec![view::listener(&modified.await?)]) })
}

fn apply(tx: &mut dyn Tx, listener: &mut Listener, changes: Changes) -> Result<(), Error> {
    let balancer: LoadBalancer = lookup::within(tx, &listener.account, &listener.load_balancer)?;
    if let Some(port) = changes.port {
        let others = tx.list::<Listener>(&Filter::index(0, &listener.load_balancer))?;
        if others.iter().any(|other| other.port == port && other.arn != listener.arn) {
            return Err(Error::DuplicateListener(listener.load_balancer.clone()));
        }
        listener.port = port;
    }
    if let Some(name) = changes.protocol {
        let protocol = settings::protocol(&balancer, &name)?;
        if protocol != listener.protocol {
            change_protocol(tx, &balancer, listener, protocol)?;
        }
    }
    let now = Secure {
        certificate: changes.certificate.or_else(|| listener.certificates.first().cloned()),
        ssl_policy: changes.ssl_policy.or_else(|| listener.ssl_policy.clone()),
        alpn_policy: changes.alpn_policy.or_else(|| listener.alpn_policy.clone()),
    };
    let secure = settings::secure(listener.protocol, now)?;
    if let Some(default) = secure.certificate {
        // The old default is one no more, and the new one is not in the list twice.
        listener.certificates = std::iter::once(default.clone())
            .chain(listener.certificates.drain(..).skip(1).filter(|arn| *arn != default))
            .collect();
    }
    (listener.ssl_policy, listener.alpn_policy) = (secure.ssl_policy, secure.alpn_policy);
    if let Some(action) = changes.action {
        listener.default_action = action;
    }
    actions::check(tx, &balancer, listener.protocol, &listener.default_action, &listener.arn)
}

/// Everything of the old protocol that the new one has not goes; rules must be possible with the new one.
fn change_protocol(
    tx: &mut dyn Tx,
    balancer: &LoadBalancer,
    listener: &mut Listener,
    protocol: Protocol,
) -> Result<(), Error> {
    listener.protocol = protocol;
    if !names::is_secure(protocol) {
        listener.certificates.clear();
        listener.ssl_policy = None;
    }
    if protocol != Protocol::Tls {
        listener.alpn_policy = None;
    }
    let known: Vec<&str> = attributes::of_listener(listener).all().into_iter().map(|(key, _)| key).collect();
    listener.attributes.retain(|key, _| known.contains(&key.as_str()));
    for rule in tx.list::<Rule>(&Filter::index(0, &listener.arn))? {
        actions::check(tx, balancer, protocol, &rule.action, &rule.arn)?;
    }
    Ok(())
}
