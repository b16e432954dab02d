//! Rules: which of them a request matches (*User Guide, Condition types for listener rules*).

mod glob;

use std::net::IpAddr;

pub use glob::Glob;
use ipnet::IpNet;

use crate::config;
use crate::http::message::RequestHead;
use crate::snapshot::Rule;

/// Holds if any of its values matches.
#[derive(Debug)]
pub enum Condition {
    Host(Vec<Glob>),
    Path(Vec<Glob>),
    Header { name: String, values: Vec<Glob> },
    Method(Vec<String>),
    Query(Vec<(Option<Glob>, Glob)>),
    Source(Vec<IpNet>),
}

impl Condition {
    pub fn new(from: &config::Condition) -> Result<Condition, String> {
        let without_case = |values: &[String]| values.iter().map(|value| Glob::without_case(value)).collect();
        Ok(match from {
            config::Condition::HostHeader(values) => Condition::Host(without_case(values)),
            config::Condition::PathPattern(values) => {
                Condition::Path(values.iter().map(|value| Glob::with_case(value)).collect())
            }
            config::Condition::HttpHeader { name, values } => {
                Condition::Header { name: name.clone(), values: without_case(values) }
            }
            config::Condition::HttpRequestMethod(values) => Condition::Method(values.clone()),
            config::Condition::QueryString(pairs) => {
                let pair = |(key, value): &(Option<String>, String)| {
                    (key.as_deref().map(Glob::without_case), Glob::without_case(value))
                };
                Condition::Query(pairs.iter().map(pair).collect())
            }
            config::Condition::SourceIp(blocks) => {
                let block = |text: &String| text.parse().map_err(|_| format!("{text} is no CIDR block"));
                Condition::Source(blocks.iter().map(block).collect::<Result<_, String>>()?)
            }
        })
    }

    fn holds(&self, request: &RequestHead, client: IpAddr) -> bool {
        match self {
            Condition::Host(globs) => any(globs, request.host_name()),
            Condition::Path(globs) => any(globs, request.path()),
            Condition::Header { name, values } => {
                request.fields.all(name).any(|value| values.iter().any(|glob| glob.matches(value)))
            }
            Condition::Method(methods) => methods.iter().any(|method| method.as_str() == request.method()),
            Condition::Query(wanted) => query_pairs(request.query()).any(|(key, value)| {
                wanted.iter().any(|(wanted_key, wanted_value)| {
                    wanted_key.as_ref().is_none_or(|glob| glob.matches(key.as_bytes()))
                        && wanted_value.matches(value.as_bytes())
                })
            }),
            Condition::Source(blocks) => blocks.iter().any(|block| block.contains(&client)),
        }
    }
}

fn any(globs: &[Glob], text: &str) -> bool {
    globs.iter().any(|glob| glob.matches(text.as_bytes()))
}

fn query_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The first rule all of whose conditions hold, and how many were looked at, the default rule not counted. That has no
/// conditions, so there is one unless the listener has no default rule.
pub fn first_match<'a>(rules: &'a [Rule], request: &RequestHead, client: IpAddr) -> Option<(&'a Rule, usize)> {
    let holds = |rule: &Rule| rule.conditions.iter().all(|condition| condition.holds(request, client));
    let at = rules.iter().position(holds)?;
    let rule = &rules[at];
    Some((rule, at + usize::from(!rule.conditions.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Condition as Wanted;

    fn holds(condition: Wanted, target: &str, host: &str, headers: &[(&str, &str)]) -> bool {
        let mut head = RequestHead::default();
        head.set_line("GET", target, crate::http::message::Version::Http11);
        head.host = host.into();
        for (name, value) in headers {
            head.fields.push(name.as_bytes(), value.as_bytes());
        }
        Condition::new(&condition).unwrap().holds(&head, "10.1.2.3".parse().unwrap())
    }

    fn one(value: &str) -> Vec<String> {
        vec![value.into()]
    }

    #[test]
    fn hosts_match_without_case_and_port() {
        assert!(holds(Wanted::HostHeader(one("*.Example.com")), "/", "API.example.COM:8080", &[]));
        assert!(!holds(Wanted::HostHeader(one("*.example.com")), "/", "example.com", &[]));
    }

    #[test]
    fn paths_match_with_case_and_without_their_query() {
        assert!(holds(Wanted::PathPattern(one("/img/*")), "/img/a.png?x=1", "h", &[]));
        assert!(!holds(Wanted::PathPattern(one("/img/*")), "/IMG/a.png", "h", &[]));
        assert!(!holds(Wanted::PathPattern(one("*x=1*")), "/img/a.png?x=1", "h", &[]));
    }

    #[test]
    fn any_header_of_the_name_may_match() {
        let condition = || Wanted::HttpHeader { name: "User-Agent".into(), values: one("*chrome*") };
        assert!(holds(condition(), "/", "h", &[("user-agent", "curl"), ("USER-AGENT", "Some Chrome 1")]));
        assert!(!holds(condition(), "/", "h", &[("user-agent", "curl")]));
    }

    #[test]
    fn query_pairs_match_by_key_and_value_or_by_value_alone() {
        let pair = |key: Option<&str>, value: &str| Wanted::QueryString(vec![(key.map(Into::into), value.into())]);
        assert!(holds(pair(Some("version"), "v1"), "/?a=b&Version=V1", "h", &[]));
        assert!(!holds(pair(Some("version"), "v1"), "/?version=v2", "h", &[]));
        assert!(holds(pair(None, "*example*"), "/?q=an-example", "h", &[]));
        assert!(!holds(pair(None, "v1"), "/", "h", &[]));
    }

    #[test]
    fn sources_match_by_block() {
        assert!(holds(Wanted::SourceIp(one("10.1.0.0/16")), "/", "h", &[]));
        assert!(!holds(Wanted::SourceIp(one("10.2.0.0/16")), "/", "h", &[]));
        assert!(Condition::new(&Wanted::SourceIp(one("ten"))).is_err());
    }
}
