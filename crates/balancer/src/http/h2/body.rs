//! Bodies of answers: the balancer's own, those of HTTP/2 targets as they come, and those of HTTP/1.1 targets read as the
//! client takes them.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use super::exchange::Finish;
use crate::http::h1::Decoder;
use crate::io::{Buffer, Patience, Wire};

pub struct Body {
    source: Source,
    finish: Finish,
}

enum Source {
    Own(Option<Bytes>),
    Http2(Incoming),
    Http1(Box<Http1>),
}

/// Gets the connection, and whether the answer ended in order with nothing behind it.
pub type AtEnd = Box<dyn FnOnce(Rc<Wire>, bool)>;

/// An HTTP/1.1 target's connection until its answer ends.
pub struct Http1 {
    pub wire: Rc<Wire>,
    pub buffer: Buffer,
    pub decoder: Decoder,
    pub patience: Patience,
    /// What becomes of the connection when the body has come to its end.
    pub done: Option<AtEnd>,
    pub length: Option<u64>,
}

impl Body {
    pub fn own(bytes: Bytes, finish: Finish) -> Body {
        Body { source: Source::Own(Some(bytes)), finish }
    }

    pub fn http2(body: Incoming, finish: Finish) -> Body {
        Body { source: Source::Http2(body), finish }
    }

    pub fn http1(body: Http1, finish: Finish) -> Body {
        Body { source: Source::Http1(Box::new(body)), finish }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let frame = match &mut this.source {
            Source::Own(bytes) => bytes.take().filter(|bytes| !bytes.is_empty()).map(|bytes| Ok(Frame::data(bytes))),
            Source::Http2(body) => ready!(Pin::new(body).poll_frame(cx)).map(|frame| frame.map_err(io::Error::other)),
            Source::Http1(body) => ready!(body.poll_data(cx)).map(|data| data.map(Frame::data)),
        };
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            this.finish.sent(data.len());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Own(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Source::Http2(body) => body.is_end_stream(),
            Source::Http1(body) => body.decoder.is_done(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Source::Http2(body) => body.size_hint(),
            Source::Http1(body) => body.length.map_or_else(SizeHint::default, SizeHint::with_exact),
        }
    }
}

impl Http1 {
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            if self.decoder.is_done() {
                self.end(true);
                return Poll::Ready(None);
            }
            let step = match self.decoder.step(self.buffer.unread()) {
                Ok(step) => step,
                Err(_) => return Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into()))),
            };
            let data = Bytes::copy_from_slice(&self.buffer.unread()[step.skip..step.skip + step.data]);
            self.buffer.consume(step.skip + step.data);
            if !data.is_empty() {
                self.length = self.length.map(|length| length - data.len() as u64);
                if self.decoder.is_done() {
                    self.end(true);
                }
                return Poll::Ready(Some(Ok(data)));
            }
            if step.skip > 0 {
                continue;
            }
            match self.wire.poll_fill(cx, &mut self.buffer) {
                Poll::Ready(Ok(0)) if self.decoder.may_end() => {
                    self.end(false);
                    return Poll::Ready(None);
                }
                Poll::Ready(Ok(0)) => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
                Poll::Ready(Ok(_)) => self.patience.renew(),
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Pending => {
                    ready!(self.patience.poll_over(cx));
                    return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
                }
            }
        }
    }

    /// Without a body there is nothing to wait for.
    pub fn end_if_empty(&mut self) {
        if self.decoder.is_done() {
            self.end(true);
        }
    }

    fn end(&mut self, in_order: bool) {
        if let Some(done) = self.done.take() {
            done(self.wire.clone(), in_order && self.buffer.is_empty());
        }
    }
}
