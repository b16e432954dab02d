//! From a request to what is done with it: the first rule that matches, its action, and for a forward the target group
//! and what the client's cookies say about it.

use std::net::IpAddr;

use super::answer::Answer;
use super::fault::Fault;
use super::forwarded::Origin;
use super::message::{Fields, Known, RequestHead};
use crate::balance;
use crate::config::Stickiness;
use crate::cookie::{self, Sealer, Ticket};
use crate::counters::NodeCells;
use crate::rules;
use crate::snapshot::{Action, Forward, Group, Listener, Rule, Snapshot, Target, stable_hash};

/// Targets that are tried before the client hears of it. Only what cannot have reached a target is tried again.
const MOST_TARGETS: usize = 3;

pub enum Decision<'a> {
    Answer(Answer),
    Forward(Route<'a>),
}

/// A target group, and how its target is to be chosen.
pub struct Route<'a> {
    pub group: &'a Group,
    forward: &'a Forward,
    zone: Option<&'a str>,
    /// The hash of the target that the client sticks to.
    sticky: Option<u64>,
}

/// What a client's stickiness cookies are read and written with.
pub struct Cookies<'a> {
    pub sealer: &'a Sealer,
    pub now: i64,
}

/// Of each request so many rules may be looked at that nobody pays for (*Elastic Load Balancing pricing: LCU details*).
const FREE_EVALUATIONS: u64 = 10;

pub fn matching<'a>(
    listener: &'a Listener,
    head: &RequestHead,
    client: IpAddr,
    cells: &NodeCells,
) -> Result<&'a Rule, Fault> {
    let (rule, evaluated) = rules::first_match(&listener.rules, head, client).ok_or(Fault::NoTargets)?;
    // Most listeners have a default rule and no other.
    if evaluated > 0 {
        let evaluated = evaluated as u64;
        cells.rule_evaluations.add(evaluated);
        cells.paid_rule_evaluations.add(evaluated.saturating_sub(FREE_EVALUATIONS));
    }
    Ok(rule)
}

pub fn decide<'a>(
    view: &'a Snapshot,
    rule: &'a Rule,
    head: &RequestHead,
    origin: &Origin,
    cookies: &Cookies<'_>,
) -> Result<Decision<'a>, Fault> {
    match &rule.action {
        Action::FixedResponse { status, content_type, body } => {
            Ok(Decision::Answer(Answer::fixed(*status, content_type, body)))
        }
        Action::Redirect(to) => Answer::redirect(to, head, origin.scheme(), origin.local.port()).map(Decision::Answer),
        Action::Forward(forward) => {
            let group = sticky_group(forward, head, cookies);
            let group = group.or_else(|| balance::choose_group(forward, &mut rand::rng())).ok_or(Fault::NoTargets)?;
            let sticky = sticky_target(group, head, cookies);
            let zone = view.confined_to(group, origin.local.ip());
            Ok(Decision::Forward(Route { group, forward, zone, sticky }))
        }
    }
}

fn ticket(head: &RequestHead, name: &str, cookies: &Cookies<'_>) -> Option<Ticket> {
    let mut values = head.fields.values(Known::Cookie).filter_map(|header| cookie::find(header, name));
    values.find_map(|value| cookies.sealer.open(name, value, cookies.now))
}

/// *User Guide, Target group stickiness*: among the groups that the rule still has, with a weight above zero or not.
fn sticky_group<'a>(forward: &'a Forward, head: &RequestHead, cookies: &Cookies<'_>) -> Option<&'a Group> {
    forward.stickiness_seconds?;
    let ticket = cookie::GROUP.iter().find_map(|name| ticket(head, name, cookies))?;
    forward.groups.iter().map(|(group, _)| &**group).find(|group| group_hash(group) == ticket.to)
}

fn group_hash(group: &Group) -> u64 {
    stable_hash(&[group.arn.as_bytes()])
}

fn sticky_target(group: &Group, head: &RequestHead, cookies: &Cookies<'_>) -> Option<u64> {
    let ticket = match group.stickiness.as_ref()? {
        Stickiness::BalancerCookie { .. } => cookie::BALANCER.iter().find_map(|name| ticket(head, name, cookies)),
        Stickiness::ApplicationCookie { .. } => ticket(head, cookie::APPLICATION, cookies),
        Stickiness::SourceIp => None,
        Stickiness::ClassicCookie { .. } => ticket(head, cookie::CLASSIC, cookies),
        // The session is the application's: without its cookie there is none.
        Stickiness::ClassicApplicationCookie { name } => {
            let has = head.fields.values(Known::Cookie).any(|header| cookie::find(header, name).is_some());
            has.then(|| ticket(head, cookie::CLASSIC, cookies)).flatten()
        }
    };
    ticket.map(|ticket| ticket.to)
}

impl<'a> Route<'a> {
    /// The target that the client sticks to, or the one whose turn it is; another one if those in `tried` could not be
    /// reached.
    pub fn choose(&self, tried: &[u64]) -> Option<&'a Target> {
        if !tried.is_empty() {
            return balance::untried(self.group, self.zone, tried);
        }
        if let Some(target) = self.sticky.and_then(|hash| balance::find_by_hash(self.group, self.zone, hash)) {
            return Some(target);
        }
        // Only slow start asks for the time.
        let now = if self.group.slow_start_seconds > 0 { super::date::now_millis() } else { 0 };
        balance::for_request(self.group, self.zone, now, &mut rand::rng())
    }

    /// Whether one more may be tried beside `target` and those in `tried`, and there is one.
    pub fn has_others(&self, target: &Target, tried: &[u64]) -> bool {
        match self.group.targets.len() {
            1 => false,
            _ if tried.len() + 1 >= MOST_TARGETS => false,
            _ => balance::untried(self.group, self.zone, &[tried, &[target.hash]].concat()).is_some(),
        }
    }

    /// `Set-Cookie` for the answer of `target`.
    pub fn cookies(&self, target: &Target, answer: &Fields, cookies: &Cookies<'_>) -> Vec<String> {
        let mut set = Vec::new();
        if let Some(seconds) = self.forward.stickiness_seconds {
            let ticket = Ticket { to: group_hash(self.group), expires: cookies.now + i64::from(seconds) };
            both(&cookie::GROUP, ticket, cookies.sealer, &mut set);
        }
        match &self.group.stickiness {
            Some(Stickiness::BalancerCookie { duration_seconds }) => {
                let ticket = Ticket { to: target.hash, expires: cookies.now + i64::from(*duration_seconds) };
                both(&cookie::BALANCER, ticket, cookies.sealer, &mut set);
            }
            // Only when the application begins or renews a session.
            Some(Stickiness::ApplicationCookie { name, duration_seconds })
                if answer.values(Known::SetCookie).any(|header| cookie::name_set(header) == name.as_bytes()) =>
            {
                let ticket = Ticket { to: target.hash, expires: cookies.now + i64::from(*duration_seconds) };
                let value = cookies.sealer.seal(cookie::APPLICATION, ticket);
                set.push(cookie::set(cookie::APPLICATION, &value, ticket.expires, false));
            }
            // Once a session; what the client has holds until it expires.
            Some(Stickiness::ClassicCookie { duration_seconds }) if self.sticky != Some(target.hash) => {
                let expires = duration_seconds.map_or(i64::MAX, |seconds| cookies.now.saturating_add(seconds));
                let value = cookies.sealer.seal(cookie::CLASSIC, Ticket { to: target.hash, expires });
                set.push(cookie::set_classic(&value, *duration_seconds));
            }
            Some(Stickiness::ClassicApplicationCookie { name })
                if answer.values(Known::SetCookie).any(|header| cookie::name_set(header) == name.as_bytes()) =>
            {
                let ticket = Ticket { to: target.hash, expires: i64::MAX };
                set.push(cookie::set_classic(&cookies.sealer.seal(cookie::CLASSIC, ticket), None));
            }
            _ => {}
        }
        set
    }
}

fn both(names: &[&str; 2], ticket: Ticket, sealer: &Sealer, set: &mut Vec<String>) {
    let [own, cross_origin] = names;
    set.push(cookie::set(own, &sealer.seal(own, ticket), ticket.expires, false));
    set.push(cookie::set(cross_origin, &sealer.seal(cross_origin, ticket), ticket.expires, true));
}
