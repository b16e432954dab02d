//! Extensions: programs beside the runtime that are told of each invocation and of the end (*Developer Guide, Using the
//! Lambda Extensions API*). External ones are processes of their own, from `/opt/extensions`; internal ones are part of the
//! runtime's process.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use super::exchange::Event;

#[derive(Debug)]
struct Extension {
    name: String,
    is_external: bool,
    /// Given when it registers.
    id: Option<String>,
    wants_invoke: bool,
    wants_shutdown: bool,
    turn: Turn,
    /// Its process has ended.
    is_gone: bool,
}

#[derive(Debug)]
enum Turn {
    /// Initializes itself, or does something about the last event.
    Busy,
    Waiting(oneshot::Sender<Delivered>),
    /// An event came before it asked.
    Owed(Delivered),
}

/// What it is told, and the number of that.
pub type Delivered = (String, Value);

/// What kinds of extensions have registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    pub external: bool,
    pub internal: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No extension has this identifier.
    Unknown,
    /// It is too late, or it has registered already.
    NotNow,
    /// There are no such events, or not for this kind of extension.
    Events,
}

/// *Developer Guide, Lambda Extensions API: quotas*.
const MOST: usize = 10;

#[derive(Debug)]
pub struct Extensions {
    all: Mutex<Vec<Extension>>,
    /// Moves with every step that any of them takes.
    steps: watch::Sender<u64>,
}

impl Default for Extensions {
    fn default() -> Self {
        Self { all: Mutex::default(), steps: watch::Sender::new(0) }
    }
}

impl Extensions {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Extension>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) {
        self.steps.send_modify(|count| *count += 1);
    }

    /// A process of that name has been started, and is to register.
    pub fn expect(&self, name: &str) {
        let turn = Turn::Busy;
        let (wants_invoke, wants_shutdown) = (false, false);
        self.lock().push(Extension {
            name: name.into(),
            is_external: true,
            id: None,
            wants_invoke,
            wants_shutdown,
            turn,
            is_gone: false,
        });
    }

    /// Its identifier from here on. `is_early`: the runtime is not initialized yet.
    pub fn register(&self, name: &str, events: &[String], is_early: bool) -> Result<String, Refused> {
        let wants = |wanted: &str| events.iter().any(|event| event == wanted);
        let (wants_invoke, wants_shutdown) = (wants("INVOKE"), wants("SHUTDOWN"));
        if events.iter().any(|event| event != "INVOKE" && event != "SHUTDOWN") {
            return Err(Refused::Events);
        }
        let id = identifier();
        let mut all = self.lock();
        if let Some(known) = all.iter_mut().find(|known| known.name == name) {
            if known.id.is_some() {
                return Err(Refused::NotNow);
            }
            known.id = Some(id.clone());
            (known.wants_invoke, known.wants_shutdown) = (wants_invoke, wants_shutdown);
        } else {
            if !is_early || all.len() >= MOST {
                return Err(Refused::NotNow);
            }
            if wants_shutdown {
                return Err(Refused::Events);
            }
            let (id, turn) = (Some(id.clone()), Turn::Busy);
            all.push(Extension {
                name: name.into(),
                is_external: false,
                id,
                wants_invoke,
                wants_shutdown,
                turn,
                is_gone: false,
            });
        }
        drop(all);
        self.step();
        Ok(id)
    }

    pub fn next(&self, id: &str) -> Result<oneshot::Receiver<Delivered>, Refused> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut all = self.lock();
            let own = all.iter_mut().find(|known| known.id.as_deref() == Some(id)).ok_or(Refused::Unknown)?;
            match std::mem::replace(&mut own.turn, Turn::Busy) {
                Turn::Owed(delivered) => _ = sender.send(delivered),
                Turn::Busy | Turn::Waiting(_) => own.turn = Turn::Waiting(sender),
            }
        }
        self.step();
        Ok(receiver)
    }

    pub fn registered_kinds(&self) -> Registered {
        let all = self.lock();
        let has = |external| all.iter().any(|known| known.id.is_some() && known.is_external == external);
        Registered { external: has(true), internal: has(false) }
    }

    /// Each that has registered, and for what.
    pub fn registrations(&self) -> Vec<(String, Vec<&'static str>)> {
        let events = |known: &Extension| {
            let all = [("INVOKE", known.wants_invoke), ("SHUTDOWN", known.wants_shutdown)];
            all.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect()
        };
        let all = self.lock();
        all.iter().filter(|known| known.id.is_some()).map(|known| (known.name.clone(), events(known))).collect()
    }

    pub fn name_of(&self, id: &str) -> Option<String> {
        self.lock().iter().find(|known| known.id.as_deref() == Some(id)).map(|known| known.name.clone())
    }

    pub fn invoke(&self, event: &Event) {
        let told = json!({
            "eventType": "INVOKE",
            "deadlineMs": event.deadline_ms,
            "requestId": event.request_id,
            "invokedFunctionArn": event.invoked_arn,
            "tracing": {"type": "X-Amzn-Trace-Id", "value": event.trace_id},
        });
        self.tell(&told, |known| known.wants_invoke);
    }

    /// Whether any is told.
    pub fn shut_down(&self, reason: &str, deadline_ms: i64) -> bool {
        let told = json!({"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline_ms});
        self.tell(&told, |known| known.wants_shutdown)
    }

    fn tell(&self, what: &Value, whom: impl Fn(&Extension) -> bool) -> bool {
        let mut told = false;
        for known in self.lock().iter_mut().filter(|known| whom(known)) {
            told = true;
            let delivered = (identifier(), what.clone());
            known.turn = match std::mem::replace(&mut known.turn, Turn::Busy) {
                Turn::Waiting(sender) => match sender.send(delivered) {
                    Ok(()) => Turn::Busy,
                    // Its connection is gone; it comes again.
                    Err(delivered) => Turn::Owed(delivered),
                },
                Turn::Busy | Turn::Owed(_) => Turn::Owed(delivered),
            };
        }
        told
    }

    /// Whether all that have registered wait for something to happen.
    pub fn are_quiet(&self) -> bool {
        self.lock()
            .iter()
            .all(|known| known.id.is_none() && !known.is_external || matches!(known.turn, Turn::Waiting(_)))
    }

    /// The process of that name has ended.
    pub fn lose(&self, name: &str) {
        for known in self.lock().iter_mut().filter(|known| known.name == name) {
            known.is_gone = true;
        }
        self.step();
    }

    /// Waits until the processes of all external ones have ended.
    pub async fn gone(&self) {
        let mut steps = self.steps.subscribe();
        while !self.lock().iter().all(|known| known.is_gone || !known.is_external) && steps.changed().await.is_ok() {}
    }

    fn are_registered(&self) -> bool {
        self.lock().iter().all(|known| known.id.is_some())
    }

    /// Waits until all external ones have registered.
    pub async fn registered(&self) {
        let mut steps = self.steps.subscribe();
        while !self.are_registered() && steps.changed().await.is_ok() {}
    }

    /// Waits until all of them wait.
    pub async fn quiet(&self) {
        let mut steps = self.steps.subscribe();
        while !self.are_quiet() && steps.changed().await.is_ok() {}
    }
}

/// A UUID.
fn identifier() -> String {
    let hex = format!("{:032x}", rand::random::<u128>());
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_is_told_what_it_registered_for() {
        let extensions = Extensions::default();
        extensions.expect("outside");
        assert!(!extensions.are_registered());
        assert_eq!(extensions.registered_kinds(), Registered { external: false, internal: false });
        let outside = extensions.register("outside", &["INVOKE".into(), "SHUTDOWN".into()], true).unwrap();
        let inside = extensions.register("inside", &["INVOKE".into()], true).unwrap();
        extensions.registered().await;
        assert_eq!(extensions.registered_kinds(), Registered { external: true, internal: true });
        let wanted = vec![("outside".to_owned(), vec!["INVOKE", "SHUTDOWN"]), ("inside".to_owned(), vec!["INVOKE"])];
        assert_eq!(extensions.registrations(), wanted);
        assert_eq!(extensions.register("inside", &[], true), Err(Refused::NotNow));
        assert_eq!(extensions.register("late", &[], false), Err(Refused::NotNow));
        assert_eq!(extensions.register("other", &["SHUTDOWN".into()], true), Err(Refused::Events));
        assert!(extensions.next("nobody").is_err());
        let (first, second) = (extensions.next(&outside).unwrap(), extensions.next(&inside).unwrap());
        extensions.quiet().await;
        assert!(extensions.shut_down("spindown", 1));
        assert_eq!(first.await.unwrap().1["shutdownReason"], "spindown");
        assert!(!extensions.are_quiet());
        drop(second);
    }
}
