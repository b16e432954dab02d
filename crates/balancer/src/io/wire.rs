//! A stream that is shared by the futures of one task: one reads while the other writes. It is borrowed within a poll
//! only, never across one.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncReadExt, AsyncWrite};

use super::{Buffer, Buffers, Stream};
use crate::l4::Splice;

#[derive(Debug)]
pub struct Wire {
    stream: RefCell<Stream>,
    received: Cell<u64>,
    sent: Cell<u64>,
}

impl Wire {
    pub fn new(stream: Stream) -> Wire {
        Wire { stream: RefCell::new(stream), received: Cell::new(0), sent: Cell::new(0) }
    }

    pub fn received(&self) -> u64 {
        self.received.get()
    }

    pub fn sent(&self) -> u64 {
        self.sent.get()
    }

    pub fn into_stream(self) -> Stream {
        self.stream.into_inner()
    }

    /// Reads what there is, at least a byte; 0 is the end.
    pub fn poll_fill(&self, cx: &mut Context<'_>, buffer: &mut Buffer) -> Poll<io::Result<usize>> {
        let mut stream = self.stream.borrow_mut();
        let read = pin!(stream.read_buf(buffer.room())).poll(cx);
        if let Poll::Ready(Ok(count)) = &read {
            self.received.set(self.received.get() + *count as u64);
        }
        read
    }

    /// Like [`Wire::poll_fill`], with storage from the stock that goes back if there is nothing to read.
    pub fn poll_fill_from(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut Buffer,
        stock: &Buffers,
    ) -> Poll<io::Result<usize>> {
        // A plain socket knows whether there is anything, so that waiting costs no storage at all.
        if !buffer.has_storage()
            && let Stream::Plain(tcp) = &*self.stream.borrow()
        {
            std::task::ready!(tcp.poll_read_ready(cx))?;
        }
        stock.lend(buffer);
        let read = self.poll_fill(cx, buffer);
        if read.is_pending() {
            stock.reclaim(buffer);
        }
        read
    }

    pub async fn fill(&self, buffer: &mut Buffer) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx, buffer)).await
    }

    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        poll_fn(|cx| {
            let mut stream = self.stream.borrow_mut();
            while !bytes.is_empty() {
                let count = std::task::ready!(Pin::new(&mut *stream).poll_write(cx, bytes))?;
                if count == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.sent.set(self.sent.get() + count as u64);
                bytes = &bytes[count..];
            }
            // TLS holds back what the socket did not take.
            match &*stream {
                Stream::Plain(_) => Poll::Ready(Ok(())),
                _ => Pin::new(&mut *stream).poll_flush(cx),
            }
        })
        .await
    }

    /// Says that no more will come.
    pub async fn shutdown(&self) -> io::Result<()> {
        poll_fn(|cx| Pin::new(&mut *self.stream.borrow_mut()).poll_shutdown(cx)).await
    }

    /// Whether the other side has neither closed nor said anything, as far as this process has been told. For a connection
    /// on which nobody waits.
    pub fn is_quiet(&self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        if let Stream::Plain(tcp) = &*self.stream.borrow() {
            if tcp.poll_read_ready(&mut cx).is_pending() {
                return true;
            }
            let nothing = tcp.try_read(&mut [0; 1]);
            return matches!(nothing, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        }
        // TLS may have said things of its own, such as a ticket.
        self.poll_fill(&mut cx, &mut Buffer::default()).is_pending()
    }

    /// Without TLS: what passes may be left to the kernel.
    pub fn is_plain(&self) -> bool {
        matches!(&*self.stream.borrow(), Stream::Plain(_))
    }

    /// Moves a piece of what arrives here to `to`. For plain ones only.
    pub fn poll_splice(&self, cx: &mut Context<'_>, to: &Wire, pipe: &mut Splice) -> Poll<io::Result<usize>> {
        match (&*self.stream.borrow(), &*to.stream.borrow()) {
            (Stream::Plain(from), Stream::Plain(to)) => pipe.poll_move(cx, from, to),
            _ => Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
        }
    }
}
