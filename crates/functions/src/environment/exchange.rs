//! Where the runtime and whoever invokes meet. The runtime comes for the next event and brings back a response or an error;
//! everything that it may do depends on where the exchange is, and everything else is refused.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use super::Fault;

/// What a handler gets.
#[derive(Debug, Clone)]
pub struct Event {
    pub request_id: String,
    pub invoked_arn: String,
    pub client_context: Option<String>,
    pub trace_id: String,
    pub deadline_ms: i64,
    pub payload: Bytes,
}

/// What a handler brings back.
#[derive(Debug)]
pub enum Reply {
    Whole {
        body: Bytes,
        content_type: Option<String>,
    },
    /// As it comes; it ends with an error if the handler failed on the way.
    Stream {
        body: mpsc::Receiver<Piece>,
        content_type: Option<String>,
    },
    Error {
        body: Bytes,
        error_type: String,
    },
}

#[derive(Debug)]
pub enum Piece {
    Data(Bytes),
    Error { error_type: String, body: Bytes },
    End,
}

/// What comes of handing an event over.
#[derive(Debug)]
pub enum Outcome {
    Replied(Reply),
    Fault(Fault),
}

/// What an initialization came to.
#[derive(Debug, Clone)]
pub enum Initialized {
    NotYet,
    Ready,
    /// The runtime said why not.
    Error {
        body: Bytes,
        error_type: String,
    },
    Fault(Fault),
}

/// An event, to whoever is to be told what becomes of it.
type Handed = (Event, oneshot::Sender<Outcome>);

enum State {
    Starting,
    /// The runtime asks for the next event.
    Waiting(oneshot::Sender<Event>),
    /// It has not asked yet, and will find one.
    Queued(Handed),
    Running {
        request_id: String,
        to: oneshot::Sender<Outcome>,
    },
    /// It has replied and not asked for the next one yet.
    Finishing,
    Over(Fault),
}

pub struct Exchange {
    state: Mutex<State>,
    initialized: watch::Sender<Initialized>,
    /// The runtime asked for the next event, or is no more.
    turned: Notify,
    response_began: Mutex<Option<Instant>>,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            state: Mutex::new(State::Starting),
            initialized: watch::Sender::new(Initialized::NotYet),
            turned: Notify::new(),
            response_began: Mutex::default(),
        }
    }
}

/// The runtime asked for something that is not its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow;

impl Exchange {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime asks for the next event. The first time says that it is initialized.
    pub fn next(&self) -> Result<oneshot::Receiver<Event>, NotNow> {
        let mut state = self.lock();
        let (sender, receiver) = oneshot::channel();
        match std::mem::replace(&mut *state, State::Finishing) {
            State::Starting => {
                *state = State::Waiting(sender);
                self.initialized.send_replace(Initialized::Ready);
            }
            // Asking again is what it does when a connection broke.
            State::Waiting(_) | State::Finishing => *state = State::Waiting(sender),
            State::Queued((event, to)) => {
                *state = State::Running { request_id: event.request_id.clone(), to };
                let _ = sender.send(event);
            }
            other => {
                *state = other;
                return Err(NotNow);
            }
        }
        self.turned.notify_waiters();
        Ok(receiver)
    }

    /// Waits until the runtime asks for the next event; false if it is over and never will. A runtime may end after its
    /// reply, and then nobody's event must be lost with it.
    pub async fn ready(&self) -> bool {
        loop {
            let mut turned = std::pin::pin!(self.turned.notified());
            turned.as_mut().enable();
            match *self.lock() {
                State::Waiting(_) => return true,
                State::Over(_) => return false,
                State::Starting | State::Queued(_) | State::Running { .. } | State::Finishing => {}
            }
            turned.await;
        }
    }

    /// Gives the runtime an event, at once or when it asks. What becomes of it comes through the channel.
    pub fn hand(&self, event: Event) -> oneshot::Receiver<Outcome> {
        let mut state = self.lock();
        let (to, receiver) = oneshot::channel();
        match std::mem::replace(&mut *state, State::Finishing) {
            State::Waiting(asker) => {
                let request_id = event.request_id.clone();
                *state = match asker.send(event) {
                    Ok(()) => State::Running { request_id, to },
                    // Its connection is gone; it comes again.
                    Err(event) => State::Queued((event, to)),
                };
            }
            State::Starting | State::Finishing => *state = State::Queued((event, to)),
            State::Over(fault) => {
                let _ = to.send(Outcome::Fault(fault.clone()));
                *state = State::Over(fault);
            }
            // Nobody hands over two: the first one's sender is gone then.
            busy => *state = busy,
        }
        receiver
    }

    /// The runtime brings the reply to that request.
    pub fn reply(&self, request_id: &str, reply: Reply) -> Result<(), NotNow> {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Finishing) {
            State::Running { request_id: running, to } if running == request_id => {
                let _ = to.send(Outcome::Replied(reply));
                Ok(())
            }
            other => {
                *state = other;
                Err(NotNow)
            }
        }
    }

    /// Whether a reply to that request would be taken.
    pub fn is_running(&self, request_id: &str) -> bool {
        matches!(&*self.lock(), State::Running { request_id: running, .. } if running == request_id)
    }

    /// The runtime says that it cannot be initialized.
    pub fn init_error(&self, body: Bytes, error_type: String) -> Result<(), NotNow> {
        if !matches!(*self.lock(), State::Starting | State::Queued(_)) {
            return Err(NotNow);
        }
        self.initialized.send_if_modified(|now| {
            let is_first = matches!(now, Initialized::NotYet);
            if is_first {
                *now = Initialized::Error { body, error_type };
            }
            is_first
        });
        Ok(())
    }

    /// A process of the environment is gone, or it was ended. Only the first reason counts.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Over(fault.clone())) {
            State::Running { to, .. } | State::Queued((_, to)) => _ = to.send(Outcome::Fault(fault.clone())),
            State::Over(first) => *state = State::Over(first),
            State::Starting | State::Waiting(_) | State::Finishing => {}
        }
        drop(state);
        self.turned.notify_waiters();
        self.initialized.send_if_modified(|now| {
            let is_first = matches!(now, Initialized::NotYet);
            if is_first {
                *now = Initialized::Fault(fault);
            }
            is_first
        });
    }

    pub fn end(&self) {
        self.fail(Fault::Ended);
    }

    /// Waits until it is known what the initialization came to.
    pub async fn initialized(&self) -> Initialized {
        let mut watched = self.initialized.subscribe();
        let known = watched.wait_for(|now| !matches!(now, Initialized::NotYet)).await;
        known.map_or(Initialized::Fault(Fault::Ended), |known| known.clone())
    }

    /// Whether the runtime has asked for its first event.
    pub fn has_begun(&self) -> bool {
        !matches!(*self.initialized.borrow(), Initialized::NotYet)
    }

    /// Why it is over, if it is.
    pub fn fault(&self) -> Option<Fault> {
        match &*self.lock() {
            State::Over(fault) => Some(fault.clone()),
            _ => None,
        }
    }

    /// The response to that request begins to come.
    pub fn note_response(&self, request_id: &str) {
        if self.is_running(request_id) {
            *self.response_began.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// When the last response began, once.
    pub fn take_response_began(&self) -> Option<Instant> {
        self.response_began.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub fn is_over(&self) -> bool {
        matches!(*self.lock(), State::Over(_))
    }

    pub fn is_waiting(&self) -> bool {
        matches!(*self.lock(), State::Waiting(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(request_id: &str) -> Event {
        Event {
            request_id: request_id.into(),
            invoked_arn: String::new(),
            client_context: None,
            trace_id: String::new(),
            deadline_ms: 0,
            payload: Bytes::new(),
        }
    }

    fn whole() -> Reply {
        Reply::Whole { body: Bytes::new(), content_type: None }
    }

    #[tokio::test]
    async fn an_event_goes_to_whoever_asks_and_the_reply_back() {
        let exchange = Exchange::default();
        let asked = exchange.next().unwrap();
        assert!(matches!(exchange.initialized().await, Initialized::Ready));
        let outcome = exchange.hand(event("1"));
        assert_eq!(asked.await.unwrap().request_id, "1");
        assert_eq!(exchange.reply("2", whole()), Err(NotNow));
        exchange.reply("1", whole()).unwrap();
        assert_eq!(exchange.reply("1", whole()), Err(NotNow));
        assert!(matches!(outcome.await.unwrap(), Outcome::Replied(_)));
        // The next one may come before it is asked for.
        let _second = exchange.hand(event("2"));
        assert_eq!(exchange.next().unwrap().await.unwrap().request_id, "2");
        assert!(exchange.next().is_err());
    }

    #[tokio::test]
    async fn who_comes_next_waits_until_the_runtime_asks_or_ends() {
        let exchange = Exchange::default();
        let first = exchange.next().unwrap();
        assert!(exchange.ready().await);
        let _outcome = exchange.hand(event("1"));
        first.await.unwrap();
        exchange.reply("1", whole()).unwrap();
        let (is_ready, asked) = tokio::join!(exchange.ready(), async { exchange.next() });
        assert!(is_ready && asked.is_ok());
        let _outcome = exchange.hand(event("2"));
        exchange.reply("2", whole()).unwrap();
        let (is_ready, ()) = tokio::join!(exchange.ready(), async { exchange.fail(Fault::OutOfMemory) });
        assert!(!is_ready);
    }

    #[tokio::test]
    async fn a_death_is_told_to_whoever_waits_and_to_all_who_come() {
        let exchange = Exchange::default();
        let _asked = exchange.next().unwrap();
        let first = exchange.hand(event("1"));
        exchange.fail(Fault::Exited("exit status 1".into()));
        exchange.end();
        for outcome in [first, exchange.hand(event("2"))] {
            assert!(matches!(outcome.await.unwrap(), Outcome::Fault(Fault::Exited(_))));
        }
        assert!(exchange.next().is_err());
    }
}
