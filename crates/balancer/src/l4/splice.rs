//! Moves bytes from one socket to another through a pipe, inside the kernel. Worth its two system calls and its pipe when a
//! lot is on its way; small messages are cheaper to copy.

use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};

use rustix::pipe::{PipeFlags, SpliceFlags, pipe_with, splice};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// Moved at once at most; what a pipe holds by default.
const PIECE: usize = 64 << 10;

pub struct Splice {
    read: OwnedFd,
    write: OwnedFd,
    waiting: usize,
    /// Of the piece under way.
    size: usize,
}

impl Splice {
    pub fn new() -> io::Result<Splice> {
        let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        Ok(Splice { read, write, waiting: 0, size: 0 })
    }

    /// Moves a piece. 0 is the end of `from`.
    pub fn poll_move(&mut self, cx: &mut Context<'_>, from: &TcpStream, to: &TcpStream) -> Poll<io::Result<usize>> {
        let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
        while self.waiting == 0 {
            ready!(from.poll_read_ready(cx))?;
            let moved = from.try_io(Interest::READABLE, || Ok(splice(from, None, &self.write, None, PIECE, flags)?));
            match moved {
                Ok(0) => return Poll::Ready(Ok(0)),
                Ok(count) => (self.waiting, self.size) = (count, count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        while self.waiting > 0 {
            ready!(to.poll_write_ready(cx))?;
            let moved = to.try_io(Interest::WRITABLE, || Ok(splice(&self.read, None, to, None, self.waiting, flags)?));
            match moved {
                Ok(count) => self.waiting -= count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(self.size))
    }
}
