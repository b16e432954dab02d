//! CreateListener. The same port with the same settings is the same listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use freehold_api::elbv2::{CreateListenerInput, CreateListenerOutput};
use freehold_store::{Filter, StoreExt, Tx, TxExt};
use freehold_wire::Call;

use super::settings::{self, Secure};
use super::view;
use crate::Elb;
use crate::errors::Error;
use crate::model::{Listener, LoadBalancer, arns};
use crate::operations::rules::actions;
use crate::operations::{lookup, quotas, tags};

pub(super) async fn create_listener(
    elb: Arc<Elb>,
    call: Call,
    input: CreateListenerInput,
) -> Result<CreateListenerOutput, freehold_wire::Error> {
    let arn = input.load_balancer_arn.clone().unwrap_or_default();
    let balancer: LoadBalancer = elb.find(call.account(), &arn)?;
    let listener = wanted(&balancer, input)?;
    elb.check_certificates(call.account(), &listener.certificates).await?;
    let made = elb.store.transact::<_, Error, _>(move |tx| put(tx, listener)).await?;
    Ok(CreateListenerOutput { listeners: Some(vec![view::listener(&made)]) })
}

/// The listener that is asked for, if nothing is on its port.
fn wanted(balancer: &LoadBalancer, input: CreateListenerInput) -> Result<Listener, Error> {
    settings::refuse_mutual(input.mutual_authentication.as_ref())?;
    let needs = |what: &str| Error::invalid(format!("A listener of this load balancer must have a {what}"));
    let protocol = settings::protocol(balancer, &input.protocol.ok_or_else(|| needs("protocol"))?)?;
    let port = input.port.and_then(|port| u16::try_from(port).ok()).ok_or_else(|| needs("port"))?;
    let secure = settings::secure(
        protocol,
        Secure {
            certificate: settings::default_certificate(input.certificates)?,
            ssl_policy: input.ssl_policy,
            alpn_policy: settings::alpn(input.alpn_policy)?,
        },
    )?;
    let arn = arns::listener(&balancer.arn, &arns::new_id());
    Ok(Listener {
        default_rule: arns::rule(&arn, &arns::new_id()),
        arn,
        account: balancer.account.clone(),
        load_balancer: balancer.arn.clone(),
        protocol,
        port,
        certificates: secure.certificate.into_iter().collect(),
        ssl_policy: secure.ssl_policy,
        alpn_policy: secure.alpn_policy,
        default_action: actions::parse(input.default_actions)?,
        attributes: BTreeMap::new(),
        tags: tags::of_new(input.tags)?,
        default_rule_tags: BTreeMap::new(),
    })
}

fn put(tx: &mut dyn Tx, wanted: Listener) -> Result<Listener, Error> {
    let balancer: LoadBalancer = lookup::within(tx, &wanted.account, &wanted.load_balancer)?;
    let others = tx.list::<Listener>(&Filter::index(0, &wanted.load_balancer))?;
    if let Some(found) = others.iter().find(|other| other.port == wanted.port) {
        let is_same = is_same(found, &wanted);
        return if is_same { Ok(found.clone()) } else { Err(Error::DuplicateListener(wanted.load_balancer)) };
    }
    if others.len() >= quotas::LISTENERS_PER_BALANCER {
        let why = format!("A load balancer can have up to {} listeners", quotas::LISTENERS_PER_BALANCER);
        return Err(Error::too_many("TooManyListeners", why));
    }
    actions::check(tx, &balancer, wanted.protocol, &wanted.default_action, &wanted.arn)?;
    tx.put(&wanted)?;
    Ok(wanted)
}

/// Whether what was asked for is what is there.
fn is_same(found: &Listener, asked: &Listener) -> bool {
    found.protocol == asked.protocol
        && found.certificates.first() == asked.certificates.first()
        && found.ssl_policy == asked.ssl_policy
        && found.alpn_policy == asked.alpn_policy
        && found.default_action == asked.default_action
        && found.tags == asked.tags
}
