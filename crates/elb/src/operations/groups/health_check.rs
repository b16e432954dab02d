//! Health checks: what they are if nobody says anything (*API reference, CreateTargetGroup*), and what they may be.

use std::ops::RangeInclusive;

use freehold_api::elbv2::Matcher;
use freehold_balancer::config::{HealthCheck, Protocol, ProtocolVersion};

use super::matcher;
use crate::errors::Error;
use crate::model::names;

/// What decides which checks a group can have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of {
    /// `None`: functions.
    pub protocol: Option<Protocol>,
    pub version: Option<ProtocolVersion>,
}

/// What a request says.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub enabled: Option<bool>,
    pub protocol: Option<String>,
    pub port: Option<String>,
    pub path: Option<String>,
    pub matcher: Option<Matcher>,
    pub interval: Option<i32>,
    pub timeout: Option<i32>,
    pub healthy: Option<i32>,
    pub unhealthy: Option<i32>,
}

impl Of {
    fn is_http(self) -> bool {
        self.protocol.is_none_or(names::is_http)
    }

    fn is_grpc(self) -> bool {
        self.version == Some(ProtocolVersion::Grpc)
    }

    /// Codes that a matcher may name (*Matcher*).
    fn codes(self) -> RangeInclusive<u16> {
        match self {
            grpc if grpc.is_grpc() => 0..=99,
            http if http.is_http() => 200..=499,
            _ => 200..=599,
        }
    }

    /// What is checked where nothing is said; `checks` is the protocol of the checks.
    fn default(self, checks: Protocol) -> HealthCheck {
        let is_function = self.protocol.is_none();
        let has_path = checks != Protocol::Tcp;
        let (path, codes) = match self {
            grpc if grpc.is_grpc() => ("/AWS.ALB/healthcheck", "12"),
            http if http.is_http() => ("/", "200"),
            _ => ("/", "200-399"),
        };
        let timeout_seconds = match (is_function, self.is_http(), checks) {
            (true, _, _) => 30,
            (_, true, _) => 5,
            (_, _, Protocol::Http) => 6,
            _ => 10,
        };
        HealthCheck {
            enabled: !is_function,
            protocol: checks,
            port: None,
            path: if has_path { path.to_owned() } else { String::new() },
            matcher: if has_path { codes.to_owned() } else { String::new() },
            interval_seconds: if is_function { 35 } else { 30 },
            timeout_seconds,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
        }
    }

    /// The protocol of the checks of a new group.
    fn checks(self) -> Protocol {
        if self.is_http() { Protocol::Http } else { Protocol::Tcp }
    }
}

/// The checks of a new group.
pub(super) fn of_new(of: Of, wanted: Wanted) -> Result<HealthCheck, Error> {
    check_sense(of, &wanted)?;
    let checks = wanted.protocol.as_deref().map(|name| parse_protocol(of, name)).transpose()?;
    changed(of, of.default(checks.unwrap_or_else(|| of.checks())), wanted)
}

/// The checks of a group after a request changed some of them.
pub(super) fn changed(of: Of, now: HealthCheck, wanted: Wanted) -> Result<HealthCheck, Error> {
    check_sense(of, &wanted)?;
    let mut check = now;
    if let Some(name) = wanted.protocol.as_deref() {
        let protocol = parse_protocol(of, name)?;
        if (protocol == Protocol::Tcp) != (check.protocol == Protocol::Tcp) {
            // Paths and codes come and go with the protocol.
            let fresh = of.default(protocol);
            (check.path, check.matcher) = (fresh.path, fresh.matcher);
        }
        check.protocol = protocol;
    }
    check.enabled = enabled(of, wanted.enabled.unwrap_or(check.enabled))?;
    if let Some(port) = wanted.port.as_deref() {
        check.port = parse_port(port)?;
    }
    set_path_and_codes(of, &mut check, wanted.path, wanted.matcher)?;
    let number = |wanted: Option<i32>, now: u32| wanted.and_then(|number| u32::try_from(number).ok()).unwrap_or(now);
    check.interval_seconds = number(wanted.interval, check.interval_seconds);
    check.timeout_seconds = number(wanted.timeout, check.timeout_seconds);
    check.healthy_threshold = number(wanted.healthy, check.healthy_threshold);
    check.unhealthy_threshold = number(wanted.unhealthy, check.unhealthy_threshold);
    if check.timeout_seconds >= check.interval_seconds && of.is_http() || check.timeout_seconds > check.interval_seconds
    {
        return Err(Error::invalid(format!(
            "Health check timeout '{}' must be smaller than the interval '{}'",
            check.timeout_seconds, check.interval_seconds
        )));
    }
    Ok(check)
}

/// A function is run, not connected to.
fn check_sense(of: Of, wanted: &Wanted) -> Result<(), Error> {
    let named = [("protocol", wanted.protocol.is_some()), ("port", wanted.port.is_some())];
    match named.iter().find(|(_, is_named)| *is_named && of.protocol.is_none()) {
        Some((what, _)) => Err(Error::invalid(format!(
            "A health check {what} cannot be specified for a target group with target type 'lambda'"
        ))),
        None => Ok(()),
    }
}

fn parse_protocol(of: Of, name: &str) -> Result<Protocol, Error> {
    match names::parse_protocol(name) {
        Some(http @ (Protocol::Http | Protocol::Https)) => Ok(http),
        Some(Protocol::Tcp) if !of.is_http() => Ok(Protocol::Tcp),
        _ => Err(Error::invalid(format!("Health check protocol '{name}' is not supported for this target group"))),
    }
}

fn enabled(of: Of, wanted: bool) -> Result<bool, Error> {
    if !wanted && of.protocol.is_some() {
        let why = "Health check enabled must be true for target groups with target type 'instance' or 'ip'";
        return Err(Error::invalid(why));
    }
    Ok(wanted)
}

fn parse_port(text: &str) -> Result<Option<u16>, Error> {
    match text {
        "traffic-port" => Ok(None),
        number => match number.parse() {
            Ok(port) if port > 0 => Ok(Some(port)),
            _ => Err(Error::invalid(format!(
                "Health check port '{text}' must be in the range 1-65535 or 'traffic-port'"
            ))),
        },
    }
}

fn set_path_and_codes(
    of: Of,
    check: &mut HealthCheck,
    path: Option<String>,
    codes: Option<Matcher>,
) -> Result<(), Error> {
    let refuse = |what: &str| Err(Error::invalid(format!("{what} cannot be specified for TCP health checks")));
    if check.protocol == Protocol::Tcp {
        return match (path, codes) {
            (Some(_), _) => refuse("A health check path"),
            (_, Some(_)) => refuse("A health check matcher"),
            (None, None) => Ok(()),
        };
    }
    if let Some(path) = path {
        if !path.starts_with('/') || path.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(Error::invalid(format!("Health check path '{path}' must begin with a '/' and have no spaces")));
        }
        check.path = path;
    }
    let codes = match codes {
        None => return Ok(()),
        Some(Matcher { http_code: None, grpc_code: Some(codes) }) if of.is_grpc() => codes,
        Some(Matcher { http_code: Some(codes), grpc_code: None }) if !of.is_grpc() => codes,
        Some(_) => {
            let own = if of.is_grpc() { "GrpcCode" } else { "HttpCode" };
            return Err(Error::invalid(format!("The matcher of this target group must have a {own} and nothing else")));
        }
    };
    matcher::check(&codes, &of.codes())?;
    check.matcher = codes;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTP: Of = Of { protocol: Some(Protocol::Http), version: Some(ProtocolVersion::Http1) };
    const TCP: Of = Of { protocol: Some(Protocol::Tcp), version: None };
    const GRPC: Of = Of { protocol: Some(Protocol::Http), version: Some(ProtocolVersion::Grpc) };

    const FUNCTION: Of = Of { protocol: None, version: None };

    fn named(protocol: &str) -> Wanted {
        Wanted { protocol: Some(protocol.to_owned()), ..Wanted::default() }
    }

    #[test]
    fn each_kind_of_group_has_defaults_of_its_own() {
        let http = of_new(HTTP, Wanted::default()).unwrap();
        assert_eq!((http.path.as_str(), http.matcher.as_str(), http.timeout_seconds), ("/", "200", 5));
        let tcp = of_new(TCP, Wanted::default()).unwrap();
        assert_eq!((tcp.protocol, tcp.path.as_str(), tcp.timeout_seconds), (Protocol::Tcp, "", 10));
        let tcp = of_new(TCP, named("HTTP")).unwrap();
        assert_eq!((tcp.path.as_str(), tcp.matcher.as_str(), tcp.timeout_seconds), ("/", "200-399", 6));
        let grpc = of_new(GRPC, Wanted::default()).unwrap();
        assert_eq!((grpc.path.as_str(), grpc.matcher.as_str()), ("/AWS.ALB/healthcheck", "12"));
        let function = of_new(FUNCTION, Wanted::default()).unwrap();
        assert_eq!((function.enabled, function.interval_seconds, function.timeout_seconds), (false, 35, 30));
    }

    #[test]
    fn a_path_comes_and_goes_with_the_protocol() {
        let tcp = of_new(TCP, named("HTTP")).unwrap();
        let tcp = changed(TCP, tcp, named("TCP")).unwrap();
        assert_eq!((tcp.path.as_str(), tcp.matcher.as_str()), ("", ""));
        assert_eq!(changed(TCP, tcp, named("HTTPS")).unwrap().path, "/");
        let with_path = Wanted { path: Some("/".into()), ..Wanted::default() };
        assert!(of_new(TCP, with_path).is_err());
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        assert!(of_new(HTTP, named("TCP")).is_err());
        assert!(of_new(TCP, named("UDP")).is_err());
        for wanted in [
            Wanted { enabled: Some(false), ..Wanted::default() },
            Wanted { port: Some("0".into()), ..Wanted::default() },
            Wanted { path: Some("status".into()), ..Wanted::default() },
            Wanted { interval: Some(5), timeout: Some(5), ..Wanted::default() },
            Wanted { matcher: Some(Matcher { grpc_code: Some("0".into()), http_code: None }), ..Wanted::default() },
        ] {
            assert!(of_new(HTTP, wanted.clone()).is_err(), "{wanted:?}");
        }
        assert!(of_new(FUNCTION, named("HTTP")).is_err());
        assert!(of_new(FUNCTION, Wanted { port: Some("80".into()), ..Wanted::default() }).is_err());
        assert!(
            of_new(FUNCTION, Wanted { enabled: Some(true), path: Some("/up".into()), ..Wanted::default() }).is_ok()
        );
        let port = of_new(HTTP, Wanted { port: Some("8080".into()), ..Wanted::default() }).unwrap();
        assert_eq!(port.port, Some(8080));
    }
}
