//! What an extension asks for (*Developer Guide, Telemetry API reference: Subscribe*).

use std::time::Duration;

use serde::Deserialize;

use super::Kind;

const VERSIONS: [&str; 3] = ["2022-07-01", "2022-12-13", "2025-01-29"];
/// The only host that telemetry goes to: the environment itself.
const HOST: &str = "sandbox.localdomain";
/// The Runtime API's own.
const TAKEN: u16 = crate::variables::RUNTIME_API_PORT;

/// A subscription, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub kinds: Vec<Kind>,
    pub way: Way,
    pub port: u16,
    pub limits: Limits,
}

/// How events are handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// An array of events in JSON for each batch, posted to this path.
    Http { path: String },
    /// An event in JSON a line.
    Tcp,
}

/// When events are handed over: as soon as one of these is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// 1000 to 10000.
    pub items: usize,
    /// 262144 to 1048576.
    pub bytes: usize,
    /// 25 ms to 30 s after the first.
    pub timeout: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    #[serde(default)]
    schema_version: String,
    #[serde(default)]
    types: Vec<String>,
    destination: Option<Destination>,
    #[serde(default)]
    buffering: Buffering,
}

#[derive(Deserialize)]
struct Destination {
    protocol: Option<String>,
    #[serde(rename = "URI", alias = "uri")]
    uri: Option<String>,
    /// TCP may name the port alone, as the Logs API has it.
    port: Option<u16>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Buffering {
    max_items: Option<u64>,
    max_bytes: Option<u64>,
    timeout_ms: Option<u64>,
}

impl Subscription {
    /// Reads a request's body; what is wrong with it, in words.
    pub fn parse(body: &[u8]) -> Result<Self, String> {
        let wanted: Wanted =
            serde_json::from_slice(body).map_err(|error| format!("the request cannot be read: {error}"))?;
        if !VERSIONS.contains(&wanted.schema_version.as_str()) {
            return Err(format!("schemaVersion must be one of {}", VERSIONS.join(", ")));
        }
        if wanted.types.is_empty() {
            return Err("types should not be empty".into());
        }
        let kind = |name: &String| Kind::parse(name).ok_or_else(|| format!("{name} is not a type of telemetry"));
        let kinds = wanted.types.iter().map(kind).collect::<Result<Vec<_>, _>>()?;
        let (way, port) = wanted.destination.ok_or("destination is missing")?.read()?;
        if port == TAKEN {
            return Err(format!("port {TAKEN} is reserved"));
        }
        Ok(Self { kinds, way, port, limits: wanted.buffering.read()? })
    }
}

impl Destination {
    fn read(self) -> Result<(Way, u16), String> {
        let uri = self.uri.unwrap_or_default();
        let (scheme, rest) = uri.split_once("://").unwrap_or_default();
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let port = || port.parse::<u16>().ok().filter(|port| *port > 0).ok_or("URI port is not provided");
        match self.protocol.as_deref() {
            Some("HTTP") if scheme == "http" && host == HOST => {
                let path = if path.is_empty() { "/" } else { path };
                Ok((Way::Http { path: path.to_owned() }, port()?))
            }
            Some("HTTP") => Err(format!("URI must be http://{HOST}:port/path")),
            Some("TCP") if uri.is_empty() => {
                Ok((Way::Tcp, self.port.filter(|port| *port > 0).ok_or("port is not provided")?))
            }
            Some("TCP") if scheme == "tcp" && host == HOST => Ok((Way::Tcp, port()?)),
            Some("TCP") => Err(format!("URI must be tcp://{HOST}:port")),
            _ => Err("protocol must be HTTP or TCP".into()),
        }
    }
}

impl Buffering {
    fn read(&self) -> Result<Limits, String> {
        let within = |name: &str, value: Option<u64>, default: u64, least: u64, most: u64| {
            let value = value.unwrap_or(default);
            let is_good = (least..=most).contains(&value);
            is_good.then_some(value).ok_or_else(|| format!("{name} must be between {least} and {most}"))
        };
        let items = within("maxItems", self.max_items, 10_000, 1000, 10_000)?;
        let bytes = within("maxBytes", self.max_bytes, 262_144, 262_144, 1_048_576)?;
        let timeout = within("timeoutMs", self.timeout_ms, 1000, 25, 30_000)?;
        // Small enough for any host.
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Limits { items: size(items), bytes: size(bytes), timeout: Duration::from_millis(timeout) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(change: impl FnOnce(&mut Value)) -> Result<Subscription, String> {
        let mut body = json!({
            "schemaVersion": "2022-12-13",
            "types": ["platform", "function"],
            "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/a/b"},
        });
        change(&mut body);
        Subscription::parse(body.to_string().as_bytes())
    }

    #[test]
    fn what_is_not_said_is_as_documented() {
        let found = parsed(|_| {}).unwrap();
        assert_eq!((found.kinds, found.port), (vec![Kind::Platform, Kind::Function], 8080));
        assert_eq!(found.way, Way::Http { path: "/a/b".into() });
        let usual = Limits { items: 10_000, bytes: 262_144, timeout: Duration::from_secs(1) };
        assert_eq!(found.limits, usual);
        let tcp = parsed(|body| body["destination"] = json!({"protocol": "TCP", "port": 7000})).unwrap();
        assert_eq!((tcp.way, tcp.port), (Way::Tcp, 7000));
    }

    #[test]
    fn what_is_beyond_the_limits_is_refused() {
        let buffered = |name: &str, value: u64| parsed(|body| body["buffering"] = json!({ name: value }));
        for (name, least, most) in
            [("maxItems", 1000, 10_000), ("maxBytes", 262_144, 1_048_576), ("timeoutMs", 25, 30_000)]
        {
            assert!(buffered(name, least).is_ok() && buffered(name, most).is_ok(), "{name}");
            assert!(buffered(name, least - 1).is_err() && buffered(name, most + 1).is_err(), "{name}");
        }
    }

    #[test]
    fn telemetry_stays_inside() {
        for uri in [
            "http://example.com:80/",
            "http://sandbox.localdomain/",
            "http://sandbox.localdomain:9001/",
            "http://sandbox.localdomain:0/",
            "https://sandbox.localdomain:8080/",
            "",
        ] {
            assert!(parsed(|body| body["destination"]["URI"] = json!(uri)).is_err(), "{uri}");
        }
        assert!(parsed(|body| body["types"] = json!([])).is_err());
        assert!(parsed(|body| body["types"] = json!(["other"])).is_err());
        assert!(parsed(|body| body["schemaVersion"] = json!("2020-01-01")).is_err());
        assert!(Subscription::parse(b"{").is_err());
    }
}
