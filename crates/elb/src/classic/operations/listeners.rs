//! Listeners of a request.

use freehold_api::elb;
use freehold_balancer::config::Protocol;

use super::quotas;
use crate::Elb;
use crate::classic::errors::Error;
use crate::classic::model::{Classic, Listener, parse_protocol, protocol};

/// What is asked for, each of which can be and has a certificate that exists.
pub(super) async fn wanted(
    elb: &Elb,
    account: &str,
    asked: Option<Vec<elb::Listener>>,
) -> Result<Vec<Listener>, Error> {
    let asked = asked.unwrap_or_default();
    if asked.is_empty() {
        return Err(Error::invalid("Listeners must not be empty"));
    }
    let wanted = asked.into_iter().map(listener).collect::<Result<Vec<_>, _>>()?;
    let certificates: Vec<String> = wanted.iter().filter_map(|listener| listener.certificate.clone()).collect();
    elb.check_certificates(account, &certificates).await?;
    Ok(wanted)
}

/// Adds them; one that is there already, with the same settings, stays.
pub(super) fn add(name: &str, classic: &mut Classic, wanted: Vec<Listener>) -> Result<(), Error> {
    for listener in wanted {
        match classic.listeners.iter().find(|other| other.port == listener.port) {
            Some(same) if same.is_same(&listener) => {}
            Some(_) => return Err(Error::DuplicateListener(name.to_owned(), listener.port)),
            None => classic.add(listener),
        }
    }
    if classic.listeners.len() > quotas::LISTENERS {
        let why = format!("A load balancer can have {} listeners", quotas::LISTENERS);
        return Err(Error::configuration(why));
    }
    Ok(())
}

/// The port of a request, from 1.
pub(super) fn port(what: &str, given: Option<i32>) -> Result<u16, Error> {
    let port = given.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    port.ok_or_else(|| Error::invalid(format!("{what} must be a port from 1 to 65535")))
}

fn parsed(name: &str) -> Result<Protocol, Error> {
    parse_protocol(name).ok_or_else(|| Error::UnsupportedProtocol(name.to_owned()))
}

fn is_http(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Http | Protocol::Https)
}

fn is_secure(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Https | Protocol::Tls)
}

/// *Listener: InstanceProtocol*: of the same layer as the protocol; without one, HTTP or TCP.
fn listener(asked: elb::Listener) -> Result<Listener, Error> {
    let front = parsed(asked.protocol.as_deref().unwrap_or_default())?;
    let back = match asked.instance_protocol.as_deref() {
        None | Some("") if is_http(front) => Protocol::Http,
        None | Some("") => Protocol::Tcp,
        Some(name) => parsed(name)?,
    };
    if is_http(front) != is_http(back) {
        return Err(Error::configuration(format!(
            "Protocol {} and InstanceProtocol {} must be of the same layer",
            protocol(front),
            protocol(back)
        )));
    }
    let certificate = asked.ssl_certificate_id.filter(|arn| !arn.is_empty());
    if is_secure(front) != certificate.is_some() {
        let word = if is_secure(front) { "must" } else { "must not" };
        return Err(Error::configuration(format!(
            "A listener with the protocol {} {word} have an SSLCertificateId",
            protocol(front)
        )));
    }
    Ok(Listener {
        protocol: front,
        port: port("LoadBalancerPort", asked.load_balancer_port)?,
        instance_protocol: back,
        instance_port: port("InstancePort", asked.instance_port)?,
        certificate,
        policies: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(front: &str, back: Option<&str>, certificate: Option<&str>) -> Result<Listener, Error> {
        listener(elb::Listener {
            protocol: Some(front.to_owned()),
            load_balancer_port: Some(80),
            instance_protocol: back.map(str::to_owned),
            instance_port: Some(8080),
            ssl_certificate_id: certificate.map(str::to_owned),
        })
    }

    #[test]
    fn both_ends_are_of_one_layer_and_tls_has_a_certificate() {
        assert_eq!(asked("http", None, None).unwrap().instance_protocol, Protocol::Http);
        assert_eq!(asked("SSL", None, Some("arn")).unwrap().instance_protocol, Protocol::Tcp);
        assert_eq!(asked("TCP", Some("SSL"), None).unwrap().instance_protocol, Protocol::Tls);
        assert!(asked("HTTP", Some("TCP"), None).is_err());
        assert!(asked("HTTPS", None, None).is_err());
        assert!(asked("TCP", None, Some("arn")).is_err());
        assert!(matches!(asked("UDP", None, None), Err(Error::UnsupportedProtocol(_))));
    }
}
