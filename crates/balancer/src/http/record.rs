//! What is known about a request at its end, and the line that access logs have for it (*User Guide, Access logs for your
//! Application Load Balancer: Access log entries*).

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::desync::Verdict;
use super::forwarded::Origin;
use super::message::{Known, RequestHead, Version, split_port};

#[derive(Debug, Clone)]
pub struct Record {
    pub began: Instant,
    /// The request, or as much of its body as there was, had been sent to the target.
    pub sent: Option<Instant>,
    /// The target's answer began.
    pub answered: Option<Instant>,
    pub kind: RequestKind,
    pub target: Option<SocketAddr>,
    pub group: Option<String>,
    pub status: Option<u16>,
    pub target_status: Option<u16>,
    pub received_bytes: u64,
    pub sent_bytes: u64,
    pub trace_id: String,
    pub priority: Option<Option<u32>>,
    pub actions: &'static str,
    pub redirect_url: Option<String>,
    /// Of a function that gave no answer.
    pub error_reason: &'static str,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    Http,
    Https,
    Http2,
    Grpc,
    WebSocket,
    SecureWebSocket,
}

/// Of the connection and the balancer.
pub struct Context<'a> {
    pub balancer: &'a str,
    pub origin: &'a Origin,
    pub server_name: Option<&'a str>,
    pub certificate: Option<&'a str>,
    pub connection_id: &'a str,
    pub is_classic: bool,
}

impl Record {
    pub fn new(kind: RequestKind, verdict: Verdict) -> Record {
        Record {
            began: Instant::now(),
            sent: None,
            answered: None,
            kind,
            target: None,
            group: None,
            status: None,
            target_status: None,
            received_bytes: 0,
            sent_bytes: 0,
            trace_id: String::new(),
            priority: None,
            actions: "-",
            redirect_url: None,
            error_reason: "-",
            verdict,
        }
    }

    /// How long the target took, in microseconds.
    pub fn target_micros(&self) -> u64 {
        match (self.sent, self.answered) {
            (Some(sent), Some(answered)) => (answered - sent).as_micros() as u64,
            _ => 0,
        }
    }

    pub fn line(&self, of: &Context<'_>, head: &RequestHead) -> String {
        let now = Instant::now();
        let finished = Timestamp::now();
        let created = finished - (now - self.began);
        let mut line = String::with_capacity(700);
        // Writing to a string does not fail.
        let _ = match of.is_classic {
            true => self.write_classic(&mut line, of, head, now, created),
            false => self.write(&mut line, of, head, now, finished, created),
        };
        line
    }

    /// *User Guide for Classic Load Balancers, Access log entries.*
    fn write_classic(
        &self,
        line: &mut String,
        of: &Context<'_>,
        head: &RequestHead,
        now: Instant,
        created: Timestamp,
    ) -> std::fmt::Result {
        let target = self.target.map_or("-".into(), |target| target.to_string());
        write!(line, "{} {} {} {target} ", micros(created), of.balancer, of.origin.client)?;
        for part in self.times(now) {
            match part {
                Some(time) => write!(line, "{:.6} ", time.as_secs_f64())?,
                None => line.push_str("-1 "),
            }
        }
        let (suite, version) = of.origin.tls.map_or(("-", "-"), |tls| (tls.suite, tls.version));
        write!(line, "{} {} ", or_dash(self.status), or_dash(self.target_status))?;
        write!(line, "{} {} \"{}\" ", self.received_bytes, self.sent_bytes, self.request(of.origin, head))?;
        writeln!(line, "\"{}\" {suite} {version}", agent(head))
    }

    fn write(
        &self,
        line: &mut String,
        of: &Context<'_>,
        head: &RequestHead,
        now: Instant,
        finished: Timestamp,
        created: Timestamp,
    ) -> std::fmt::Result {
        let target = self.target.map_or("-".into(), |target| target.to_string());
        let target_status = or_dash(self.target_status);
        let quoted = |text: &str| format!("\"{}\"", if text.is_empty() { "-" } else { text });
        write!(line, "{} {} {} {} {target} ", self.kind.name(), micros(finished), of.balancer, of.origin.client)?;
        for part in self.times(now) {
            match part {
                Some(time) => write!(line, "{:.3} ", time.as_secs_f64())?,
                None => line.push_str("-1 "),
            }
        }
        write!(line, "{} {target_status} {} {} ", or_dash(self.status), self.received_bytes, self.sent_bytes)?;
        write!(line, "\"{}\" {} ", self.request(of.origin, head), quoted(&agent(head)))?;
        let (suite, version) = of.origin.tls.map_or(("-", "-"), |tls| (tls.suite, tls.version));
        write!(line, "{suite} {version} {} ", self.group.as_deref().unwrap_or("-"))?;
        let (name, certificate) = (of.server_name.unwrap_or_default(), of.certificate.unwrap_or_default());
        write!(line, "{} {} {} ", quoted(&self.trace_id), quoted(name), quoted(certificate))?;
        match self.priority {
            Some(priority) => write!(line, "{} ", priority.unwrap_or(0))?,
            None => line.push_str("- "),
        }
        let redirect = self.redirect_url.as_deref().unwrap_or_default();
        let reason = quoted(self.error_reason);
        write!(line, "{} {} {} {reason} ", micros(created), quoted(self.actions), quoted(redirect))?;
        write!(line, "\"{target}\" \"{target_status}\" ")?;
        write!(line, "{} {} ", quoted(self.verdict.class_name()), quoted(self.verdict.reason))?;
        writeln!(line, "TID_{}", of.connection_id)
    }

    /// Until the request was sent, until the answer came, until it was passed on; -1 for what did not happen.
    fn times(&self, now: Instant) -> [Option<Duration>; 3] {
        let (sent, answered) = (self.sent, self.answered);
        [
            sent.map(|sent| sent - self.began),
            sent.zip(answered).map(|(sent, answered)| answered - sent),
            answered.map(|answered| now - answered),
        ]
    }

    /// `GET http://host:80/path HTTP/1.1`
    fn request(&self, origin: &Origin, head: &RequestHead) -> String {
        if head.method().is_empty() {
            return "- http://-:-- -".into();
        }
        let port = origin.local.port();
        let host = split_port(&head.host).0;
        let scheme = self.kind.scheme();
        let target = head.target().replace('"', "%22");
        format!("{} {scheme}://{host}:{port}{target} {}", head.method(), head.version.name())
    }
}

fn agent(head: &RequestHead) -> String {
    String::from_utf8_lossy(head.fields.get(Known::UserAgent).unwrap_or_default()).replace('"', "\\x22")
}

fn or_dash(status: Option<u16>) -> String {
    status.map_or("-".into(), |status| status.to_string())
}

fn micros(time: Timestamp) -> String {
    format!("{time:.6}")
}

impl RequestKind {
    pub fn of(origin: &Origin, version: Version, upgrades: bool) -> RequestKind {
        match (origin.tls.is_some(), version, upgrades) {
            (_, Version::Http2, _) => RequestKind::Http2,
            (false, _, true) => RequestKind::WebSocket,
            (true, _, true) => RequestKind::SecureWebSocket,
            (false, ..) => RequestKind::Http,
            (true, ..) => RequestKind::Https,
        }
    }

    fn name(self) -> &'static str {
        match self {
            RequestKind::Http => "http",
            RequestKind::Https => "https",
            RequestKind::Http2 => "h2",
            RequestKind::Grpc => "grpcs",
            RequestKind::WebSocket => "ws",
            RequestKind::SecureWebSocket => "wss",
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            RequestKind::Http => "http",
            RequestKind::WebSocket => "ws",
            RequestKind::SecureWebSocket => "wss",
            _ => "https",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_fields_of_aws_in_their_order() {
        let origin =
            Origin { client: "192.168.131.39:2817".parse().unwrap(), local: "10.0.0.1:80".parse().unwrap(), tls: None };
        let mut head = RequestHead::default();
        head.host.push_str("www.example.com");
        head.set_line("GET", "/a?b", Version::Http11);
        head.fields.push(b"User-Agent", b"curl/7.46.0");
        let mut record = Record::new(RequestKind::Http, Verdict::default());
        record.sent = Some(record.began);
        record.answered = Some(record.began);
        record.target = Some("10.0.0.9:8080".parse().unwrap());
        record.group = Some("arn:group".into());
        (record.status, record.target_status) = (Some(200), Some(200));
        (record.received_bytes, record.sent_bytes) = (34, 366);
        record.trace_id = "Root=1-a-b".into();
        record.priority = Some(None);
        record.actions = "forward";
        let of = Context {
            balancer: "app/lb/50dc6c495c0c9188",
            origin: &origin,
            server_name: None,
            certificate: None,
            connection_id: "1234",
            is_classic: false,
        };
        let classic = record.line(&Context { balancer: "my-lb", is_classic: true, ..of }, &head);
        assert!(classic.contains("Z my-lb 192.168.131.39:2817 10.0.0.9:8080 0.000000 0.000000 0.0"), "{classic}");
        let request = "200 200 34 366 \"GET http://www.example.com:80/a?b HTTP/1.1\" \"curl/7.46.0\" - -\n";
        assert!(classic.ends_with(request), "{classic}");
        let line = record.line(&of, &head);
        let (start, rest) = line.split_once(" app/lb/50dc6c495c0c9188 ").unwrap();
        assert_eq!((&start[..5], start.len()), ("http ", "http 2018-07-02T22:23:00.186641Z".len()));
        let (middle, end) = rest.split_once("\"Root=1-a-b\"").unwrap();
        let (before, after) = middle.split_once("0.000 0.000 0.0").unwrap();
        assert_eq!(before, "192.168.131.39:2817 10.0.0.9:8080 ");
        assert!(after.ends_with(
            " 200 200 34 366 \"GET http://www.example.com:80/a?b HTTP/1.1\" \"curl/7.46.0\" - - arn:group "
        ));
        assert!(end.starts_with(" \"-\" \"-\" 0 2"), "{end}");
        assert!(end.ends_with("Z \"forward\" \"-\" \"-\" \"10.0.0.9:8080\" \"200\" \"-\" \"-\" TID_1234\n"), "{end}");
    }
}
