//! Promises by machine, room that is held for machines to come, and real cores that are held for somebody. The ledger is
//! in memory: it follows from what is stored and is filled from that at start.

mod claims;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use claims::WHOLE;

use super::{Cores, Holder, Host, Policy};
use crate::spec::MachineId;

/// What there is to promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Thousandths of a processor that may be promised, overcommit included.
    pub cpu_millis: u64,
    pub memory_mib: u64,
    /// How many times over processors are promised, in hundredths. Those that a type holds alone count so often.
    pub cpu_overcommit_percent: u64,
}

impl Pool {
    /// For machines that exist in state only.
    pub const UNLIMITED: Self = Self { cpu_millis: u64::MAX, memory_mib: u64::MAX, cpu_overcommit_percent: 100 };

    /// What `host` may be promised under `policy`.
    pub fn of(host: Host, policy: Policy) -> Self {
        // Saturates: a factor may be absurd.
        let scaled = |amount: u64, factor: f64| (amount as f64 * factor) as u64;
        Self {
            cpu_millis: scaled(u64::from(host.cpus) * 1000, policy.cpu_overcommit),
            memory_mib: scaled(host.memory_mib, policy.memory_overcommit),
            cpu_overcommit_percent: scaled(100, policy.cpu_overcommit),
        }
    }

    /// What a machine takes of `cpu_millis`.
    fn cpu_cost(&self, share: Share) -> u64 {
        if share.is_exclusive { self.overcommitted(share.cpu_millis) } else { share.cpu_millis }
    }

    /// What so many thousandths may be promised as.
    fn overcommitted(&self, cpu_millis: u64) -> u64 {
        cpu_millis.saturating_mul(self.cpu_overcommit_percent.max(100)) / 100
    }
}

/// What is set aside for one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub cpu_millis: u64,
    pub memory_mib: u64,
    /// Its processors are promised to nobody else.
    pub is_exclusive: bool,
}

/// Where a machine is put.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Among all others, on cores that nobody holds.
    #[default]
    Shared,
    /// On the cores of this holder. How many a Dedicated Host takes is for whoever knows its size.
    On(Holder),
    /// In the room with this id, wherever that is.
    In(String),
}

/// Room for machines that are not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Of each machine.
    pub share: Share,
    /// Machines, those that are in it already among them.
    pub count: u32,
    /// Whose cores they will run on; `None`: shared ones.
    pub holder: Option<Holder>,
}

/// What is promised of one host.
#[derive(Debug)]
pub struct Ledger {
    pool: Pool,
    books: Mutex<Books>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Books {
    promised: HashMap<MachineId, (Share, Place)>,
    rooms: HashMap<String, Room>,
    cores: Cores,
}

/// The host cannot hold it; the text says what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Full(pub String);

impl Ledger {
    /// Of a host whose cores nobody can hold.
    pub fn new(pool: Pool) -> Self {
        Self::with_cores(pool, Cores::default())
    }

    pub fn with_cores(pool: Pool, cores: Cores) -> Self {
        Self { pool, books: Mutex::new(Books { cores, ..Books::default() }) }
    }

    /// What there is in all.
    pub fn pool(&self) -> Pool {
        self.pool
    }

    /// As [`Self::promise_at`], on shared cores.
    ///
    /// # Errors
    /// [`Full`], which leaves everything as it was.
    pub fn promise(&self, machines: &[MachineId], share: Share) -> Result<(), Full> {
        self.promise_at(machines, share, &Place::Shared)
    }

    /// Promises `share` to each of `machines`, or to none. What a machine had is given up.
    ///
    /// # Errors
    /// [`Full`], which leaves everything as it was.
    pub fn promise_at(&self, machines: &[MachineId], share: Share, place: &Place) -> Result<(), Full> {
        self.change(|books, pool| {
            machines.iter().for_each(|id| drop(books.promised.remove(id)));
            let count = machines.len() as u64;
            match place {
                Place::In(room) => books.check_room(room, share, count)?,
                Place::Shared | Place::On(_) => books.check(pool, share, count, place.holder())?,
            }
            books.promised.extend(machines.iter().map(|id| (id.clone(), (share, place.clone()))));
            books.tidy();
            Ok(())
        })
    }

    /// As [`Self::note_at`], on shared cores.
    pub fn note(&self, machine: &str, share: Share) {
        self.note_at(machine, share, Place::Shared);
    }

    /// Notes what a machine holds, whether or not there is room: it runs already, or others go for it.
    pub fn note_at(&self, machine: &str, share: Share, place: Place) {
        self.lock().promised.insert(machine.to_owned(), (share, place));
    }

    /// How many machines of this size there is room for on shared cores.
    pub fn room_for(&self, share: Share) -> u64 {
        self.room_at(share, &Place::Shared)
    }

    /// How many machines of this size there is room for.
    pub fn room_at(&self, share: Share, place: &Place) -> u64 {
        let books = self.lock();
        match place {
            Place::In(room) => books.unused(room),
            Place::Shared | Place::On(_) => books.room_for(&self.pool, share, place.holder()),
        }
    }

    /// Whether a machine of this size fits an empty host.
    pub fn could_ever_hold(&self, share: Share) -> bool {
        share.memory_mib <= self.pool.memory_mib && self.pool.cpu_cost(share) <= self.pool.cpu_millis
    }

    /// Gives back what a machine holds. Room that it was in is held on.
    pub fn release(&self, machine: &str) {
        let mut books = self.lock();
        books.promised.remove(machine);
        books.tidy();
    }

    /// Holds room, or changes how much, with `guests` in it that have been promised the same elsewhere. What a reservation
    /// holds nobody else is promised, until it is given back.
    ///
    /// # Errors
    /// [`Full`] if there is not so much; nothing is held then, or what was before.
    pub fn hold_room(&self, id: &str, room: Room, guests: &[MachineId]) -> Result<(), Full> {
        self.change(|books, pool| {
            let had = books.rooms.get(id).map_or(0, |before| before.count);
            let brought = guests.iter().filter(|guest| books.promised.contains_key(*guest)).count() as u32;
            for guest in guests {
                if let Some((_, place)) = books.promised.get_mut(guest) {
                    *place = Place::In(id.to_owned());
                }
            }
            // What it had, and what they bring, is its own while there is more to be found.
            let own = had.saturating_add(brought);
            books.rooms.insert(id.to_owned(), Room { count: own, ..room.clone() });
            let more = u64::from(room.count.saturating_sub(own));
            books.check(pool, room.share, more, room.holder.as_ref())?;
            books.rooms.insert(id.to_owned(), room);
            Ok(())
        })
    }

    /// Of the machines in a room only these stay in it; the others hold what they hold outside of it.
    pub fn keep_in_room(&self, id: &str, is_in: impl Fn(&str) -> bool) {
        let mut books = self.lock();
        let Some(room) = books.rooms.get(id) else { return };
        let outside = room.holder.clone().map_or(Place::Shared, Place::On);
        for (machine, (_, place)) in &mut books.promised {
            if matches!(place, Place::In(theirs) if theirs == id) && !is_in(machine) {
                place.clone_from(&outside);
            }
        }
    }

    /// Notes room that was held before.
    pub fn note_room(&self, id: &str, room: Room) {
        self.lock().rooms.insert(id.to_owned(), room);
    }

    /// What of it is unused is everybody's again; machines in it stay.
    pub fn give_back_room(&self, id: &str) {
        let mut books = self.lock();
        let Some(room) = books.rooms.remove(id) else { return };
        let place = room.holder.map_or(Place::Shared, Place::On);
        for (_, theirs) in books.promised.values_mut() {
            if matches!(theirs, Place::In(theirs) if theirs == id) {
                theirs.clone_from(&place);
            }
        }
        books.tidy();
    }

    /// Gives a holder cores of its own, at most so many, and tells their CPUs: none on a host without cores.
    ///
    /// # Errors
    /// [`Full`] if there is none, or if everybody else would not have enough of the rest.
    pub fn hold_cores(&self, holder: &Holder, most: u32) -> Result<Vec<u32>, Full> {
        self.change(|books, pool| {
            books.hold(pool, holder, most)?;
            Ok(books.cores.of(holder))
        })
    }

    /// Notes what a holder held before.
    pub fn note_cores(&self, holder: &Holder, cpus: &[u32]) {
        self.lock().cores.note(holder, cpus);
    }

    pub fn give_back_cores(&self, holder: &Holder) {
        self.lock().cores.give_back(holder);
    }

    /// The CPUs of a holder.
    pub fn cores_of(&self, holder: &Holder) -> Vec<u32> {
        self.lock().cores.of(holder)
    }

    /// The CPUs that a machine may run on; none: any.
    pub fn cpus_for(&self, machine: &str) -> Vec<u32> {
        let books = self.lock();
        let place = books.promised.get(machine).map(|(_, place)| place);
        let own = place.and_then(|place| books.holder(place)).map(|holder| books.cores.of(holder));
        own.filter(|own| !own.is_empty()).unwrap_or_else(|| books.cores.shared())
    }

    /// How cores are divided now.
    pub fn cores(&self) -> Cores {
        self.lock().cores.clone()
    }

    /// All or nothing.
    fn change<T>(&self, change: impl FnOnce(&mut Books, &Pool) -> Result<T, Full>) -> Result<T, Full> {
        let mut books = self.lock();
        let mut draft = books.clone();
        let done = change(&mut draft, &self.pool)?;
        *books = draft;
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        // Every change is one assignment, insertion or removal: a panic elsewhere leaves nothing half done.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn holder(&self) -> Option<&Holder> {
        match self {
            Self::On(holder) => Some(holder),
            Self::Shared | Self::In(_) => None,
        }
    }
}

impl Books {
    fn holder<'a>(&'a self, place: &'a Place) -> Option<&'a Holder> {
        match place {
            Place::In(room) => self.rooms.get(room)?.holder.as_ref(),
            other => other.holder(),
        }
    }

    /// Everything that is promised or held, with how often and on whose cores.
    fn entries(&self) -> impl Iterator<Item = (Share, u64, Option<&Holder>)> {
        self.entries_without(|_| false)
    }

    /// The same, when some machines are gone.
    fn entries_without(&self, is_gone: impl Fn(&str) -> bool) -> impl Iterator<Item = (Share, u64, Option<&Holder>)> {
        let stay = self.promised.iter().filter(move |(id, _)| !is_gone(id));
        let machines = stay.map(|(_, (share, place))| (*share, 1, self.holder(place)));
        let rooms = self.rooms.iter().map(|(id, room)| (room.share, self.unused(id), room.holder.as_ref()));
        machines.chain(rooms)
    }

    /// Machines that a room still has room for.
    fn unused(&self, room: &str) -> u64 {
        let Some(Room { count, .. }) = self.rooms.get(room) else { return 0 };
        let is_in = |(_, place): &&(Share, Place)| matches!(place, Place::In(theirs) if theirs == room);
        u64::from(*count).saturating_sub(self.promised.values().filter(is_in).count() as u64)
    }

    fn free_memory(&self, pool: &Pool) -> u64 {
        let used = self.entries().map(|(share, count, _)| share.memory_mib.saturating_mul(count));
        pool.memory_mib.saturating_sub(used.fold(0, u64::saturating_add))
    }

    /// Of the cores that nobody holds.
    fn free_cpu(&self, pool: &Pool) -> u64 {
        let shared = self.entries().filter(|(.., holder)| holder.is_none());
        let used = shared.map(|(share, count, _)| pool.cpu_cost(share).saturating_mul(count));
        let held = pool.overcommitted(self.cores.held_threads() * 1000);
        pool.cpu_millis.saturating_sub(used.fold(held, u64::saturating_add))
    }

    /// Promised on a holder's cores.
    fn used_on(&self, pool: &Pool, holder: &Holder) -> u64 {
        let theirs = self.entries().filter(|(.., other)| *other == Some(holder));
        theirs.map(|(share, count, _)| pool.cpu_cost(share).saturating_mul(count)).fold(0, u64::saturating_add)
    }

    /// May be promised on a holder's cores in all. A Dedicated Host counts by the size that it stands for, elsewhere.
    fn whole_of(&self, pool: &Pool, holder: &Holder) -> u64 {
        match holder {
            Holder::Host(_) => u64::MAX,
            _ if pool.cpu_millis == u64::MAX => u64::MAX,
            Holder::Account(_) => pool.overcommitted(self.cores.threads_of(holder) * 1000),
        }
    }

    fn hold(&mut self, pool: &Pool, holder: &Holder, most: u32) -> Result<(), Full> {
        let free = self.free_cpu(pool);
        let before = self.cores.clone();
        self.cores.hold(holder, most)?;
        let more = pool.overcommitted((self.cores.held_threads() - before.held_threads()) * 1000);
        if more <= free {
            return Ok(());
        }
        let is_new = before.of(holder).is_empty();
        self.cores = before;
        if is_new {
            return Err(Full("What runs on the machine leaves no core that could be given to one alone.".to_owned()));
        }
        Ok(())
    }

    /// Whether so many more can be promised. Those on an account's own cores may bring it more of them.
    fn check(&mut self, pool: &Pool, share: Share, count: u64, holder: Option<&Holder>) -> Result<(), Full> {
        if count == 0 {
            return Ok(());
        }
        let memory_mib = share.memory_mib;
        let free = self.free_memory(pool);
        if memory_mib.saturating_mul(count) > free {
            return Err(Full(format!("{count} x {memory_mib} MiB of memory were asked for and {free} MiB are free.")));
        }
        let cpu_millis = pool.cpu_cost(share);
        let wanted = cpu_millis.saturating_mul(count);
        let free = match holder {
            None => self.free_cpu(pool),
            Some(holder) => {
                let used = self.used_on(pool, holder);
                if matches!(holder, Holder::Account(_)) {
                    let cores = used.saturating_add(wanted).div_ceil(1000);
                    self.hold(pool, holder, u32::try_from(cores).unwrap_or(u32::MAX))?;
                }
                self.whole_of(pool, holder).saturating_sub(used)
            }
        };
        if wanted > free {
            return Err(Full(format!(
                "{count} x {cpu_millis} thousandths of a processor were asked for and {free} are free."
            )));
        }
        Ok(())
    }

    fn check_room(&self, id: &str, share: Share, count: u64) -> Result<(), Full> {
        let Some(room) = self.rooms.get(id) else { return Err(Full("The room is no longer held.".to_owned())) };
        if room.share != share || self.unused(id) < count {
            let unused = self.unused(id);
            return Err(Full(format!("{count} were asked for and there is room for {unused} in {id}.")));
        }
        Ok(())
    }

    fn room_for(&self, pool: &Pool, share: Share, holder: Option<&Holder>) -> u64 {
        let by_memory = self.free_memory(pool) / share.memory_mib.max(1);
        let cost = pool.cpu_cost(share).max(1);
        let Some(holder) = holder else { return by_memory.min(self.free_cpu(pool) / cost) };
        let mut grown = self.clone();
        if matches!(holder, Holder::Account(_)) && grown.hold(pool, holder, u32::MAX).is_err() {
            return 0;
        }
        by_memory.min(grown.whole_of(pool, holder).saturating_sub(self.used_on(pool, holder)) / cost)
    }

    /// An account without Dedicated Instances needs no cores.
    fn tidy(&mut self) {
        let users: Vec<Holder> = self.entries().filter_map(|(.., holder)| holder.cloned()).collect();
        self.cores.retain(|holder| matches!(holder, Holder::Host(_)) || users.contains(holder));
    }
}
