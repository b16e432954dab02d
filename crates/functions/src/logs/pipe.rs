//! The reading end of what a program writes to.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::frames::{Event, Splitter};
use crate::telemetry::Kind;

pub struct Pipe {
    /// Whose output it is.
    pub kind: Kind,
    reader: AsyncFd<std::io::PipeReader>,
    splitter: Mutex<Splitter>,
    is_watched: AtomicBool,
}

/// A pipe for text or for frames, and its end for the program.
pub fn pipe(kind: Kind, is_framed: bool) -> std::io::Result<(Pipe, OwnedFd)> {
    let (reader, writer) = std::io::pipe()?;
    rustix::io::ioctl_fionbio(&reader, true)?;
    let splitter = if is_framed { Splitter::Frames(Vec::new()) } else { Splitter::Lines(Vec::new()) };
    // SAFETY: a `PipeReader` gives the same descriptor at any time and closes it only when it is dropped.
    let reader =
        unsafe { AsyncFd::register_with_interest(reader, Interest::READABLE) }.map_err(std::io::Error::from)?;
    Ok((Pipe { kind, reader, splitter: Mutex::new(splitter), is_watched: AtomicBool::new(false) }, writer.into()))
}

impl Pipe {
    /// Whether nobody has asked this before: whoever is the first watches it.
    pub fn claim(&self) -> bool {
        !self.is_watched.swap(true, Ordering::Relaxed)
    }

    /// Waits until there is something to [`Self::drain`]; `false` when nobody can write any more.
    pub async fn ready(&self) -> bool {
        match self.reader.readable().await {
            Ok(mut guard) => {
                guard.clear_ready();
                true
            }
            Err(_) => false,
        }
    }

    /// Reads what has been written so far, without waiting. Whether more can come.
    pub fn drain(&self, with: impl FnOnce(Vec<Event>)) -> bool {
        let mut splitter = self.splitter.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut found, mut piece) = (Vec::new(), [0; 16 << 10]);
        let goes_on = loop {
            match self.reader.get_ref().read(&mut piece) {
                Ok(0) => {
                    splitter.finish(&mut found);
                    break false;
                }
                Ok(count) => splitter.push(&piece[..count], &mut found),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => break error.kind() == std::io::ErrorKind::WouldBlock,
            }
        };
        // With the lock held: events keep their order.
        if !found.is_empty() {
            with(found);
        }
        goes_on
    }
}
