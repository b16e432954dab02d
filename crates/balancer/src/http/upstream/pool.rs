//! Idle connections of a worker to its targets, the last used first.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::Sender;
use crate::io::Wire;

/// A target may close what has been idle; who closes first decides whether a request is lost.
const IDLE_LIMIT: Duration = Duration::from_secs(55);
/// Kept idle for one target at most.
const MOST_IDLE: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub address: SocketAddr,
    pub tls: bool,
}

#[derive(Default)]
pub struct Pool {
    idle: RefCell<HashMap<Key, Vec<(Wire, Instant)>>>,
    /// At the end of a body of HTTP/2, whose owner lets go of them a moment later.
    shared: RefCell<Vec<(Key, Rc<Wire>)>>,
    /// One connection carries all HTTP/2 requests to a target.
    multiplexed: RefCell<HashMap<Key, Sender>>,
}

impl Pool {
    pub fn take(&self, key: Key) -> Option<Wire> {
        if !self.shared.borrow().is_empty() {
            self.collect_shared();
        }
        let mut idle = self.idle.borrow_mut();
        let wires = idle.get_mut(&key)?;
        while let Some((wire, _)) = wires.pop() {
            if wire.is_quiet() {
                return Some(wire);
            }
        }
        None
    }

    pub fn give(&self, key: Key, wire: Wire) {
        let mut idle = self.idle.borrow_mut();
        let wires = idle.entry(key).or_default();
        if wires.len() < MOST_IDLE {
            wires.push((wire, Instant::now()));
        }
    }

    /// Keeps it when nobody else uses it any more; who still holds it will not.
    pub fn give_shared(&self, key: Key, wire: Rc<Wire>) {
        self.shared.borrow_mut().push((key, wire));
        self.collect_shared();
    }

    fn collect_shared(&self) {
        let all = std::mem::take(&mut *self.shared.borrow_mut());
        for (key, wire) in all {
            match Rc::try_unwrap(wire) {
                Ok(wire) => self.give(key, wire),
                Err(wire) => self.shared.borrow_mut().push((key, wire)),
            }
        }
    }

    pub fn sender(&self, key: Key) -> Option<Sender> {
        self.multiplexed.borrow().get(&key).filter(|sender| !sender.is_closed()).cloned()
    }

    pub fn keep_sender(&self, key: Key, sender: Sender) {
        self.multiplexed.borrow_mut().insert(key, sender);
    }

    /// Closes what nobody will need.
    pub fn sweep(&self, is_used: impl Fn(SocketAddr) -> bool) {
        let now = Instant::now();
        let mut idle = self.idle.borrow_mut();
        idle.retain(|key, wires| {
            let stays = is_used(key.address);
            wires.retain(|(wire, since)| stays && now - *since < IDLE_LIMIT && wire.is_quiet());
            !wires.is_empty()
        });
        self.multiplexed.borrow_mut().retain(|key, sender| !sender.is_closed() && is_used(key.address));
    }
}
