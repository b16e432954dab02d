//! Event streams: what an operation answers piece by piece, as frames of `application/vnd.amazon.eventstream`
//! (*Amazon Transcribe developer guide, Event stream encoding*, and Smithy's *Event streams*). A frame has headers, a
//! payload, and a checksum over each.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use flate2::Crc;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use super::json::encode;
use crate::Error;
use crate::schema::Shape;

/// The two lengths and their checksum before the headers.
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;
/// The type of header values that are strings.
const STRING: u8 = 7;

/// One event, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    headers: [(&'static str, String); 3],
    payload: Bytes,
}

impl Event {
    /// An event whose payload is bytes: `PayloadChunk`.
    pub fn bytes(kind: &'static str, payload: Bytes) -> Self {
        Self::new("event", ":event-type", kind.to_owned(), "application/octet-stream", payload)
    }

    /// An event whose payload is a structure: `InvokeComplete`.
    pub fn structure<T: Shape>(kind: &'static str, value: &T) -> Self {
        let mut payload = Vec::new();
        encode::structure(&mut payload, T::schema().members(), value.view());
        Self::new("event", ":event-type", kind.to_owned(), "application/json", payload.into())
    }

    /// An error after the stream has begun. Nothing comes after it.
    pub fn exception(error: &Error) -> Self {
        let mut payload = b"{\"message\":".to_vec();
        encode::string(&mut payload, &error.message);
        payload.push(b'}');
        Self::new("exception", ":exception-type", error.code.to_string(), "application/json", payload.into())
    }

    fn new(message: &str, kind: &'static str, name: String, content: &str, payload: Bytes) -> Self {
        let headers = [(":message-type", message.to_owned()), (kind, name), (":content-type", content.to_owned())];
        Self { headers, payload }
    }

    /// The event as it goes over the wire. All lengths and checksums are big-endian.
    fn frame(&self) -> Bytes {
        let header_bytes: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        let total = PRELUDE + header_bytes + self.payload.len() + CHECKSUM;
        let mut frame = BytesMut::with_capacity(total);
        // Frames are at most some megabytes: what an operation hands over at once.
        frame.put_u32(total as u32);
        frame.put_u32(header_bytes as u32);
        frame.put_u32(checksum(&frame));
        for (name, value) in &self.headers {
            // Names and values are short words of ours and of the model's.
            frame.put_u8(name.len() as u8);
            frame.put_slice(name.as_bytes());
            frame.put_u8(STRING);
            frame.put_u16(value.len() as u16);
            frame.put_slice(value.as_bytes());
        }
        frame.put_slice(&self.payload);
        frame.put_u32(checksum(&frame));
        frame.freeze()
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// A stream of events. Who sends is told by its sender when the client has gone.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

/// A stream, and what events are put into it with: `waiting` of them at most before the sender has to wait. The stream
/// ends when the sender is dropped.
pub fn events(waiting: usize) -> (mpsc::Sender<Event>, Events) {
    let (sender, receiver) = mpsc::channel(waiting);
    (sender, Events(receiver))
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|event| event.map(|event| Ok(Frame::data(event.frame()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_others_write_it() {
        // Made with botocore's own reader of such frames in mind: lengths, checksum, headers, payload, checksum.
        let frame = Event::bytes("PayloadChunk", Bytes::from_static(b"hi")).frame();
        assert_eq!(frame.len(), u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize);
        let headers = u32::from_be_bytes(frame[4..8].try_into().unwrap()) as usize;
        assert_eq!(u32::from_be_bytes(frame[8..12].try_into().unwrap()), checksum(&frame[..8]));
        assert_eq!(&frame[12..28], b"\x0d:message-type\x07\x00");
        assert_eq!(&frame[PRELUDE + headers..frame.len() - CHECKSUM], b"hi");
        let end = frame.len() - CHECKSUM;
        assert_eq!(u32::from_be_bytes(frame[end..].try_into().unwrap()), checksum(&frame[..end]));
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_sender() {
        use http_body_util::BodyExt;
        let (sender, mut stream) = events(2);
        sender.send(Event::exception(&Error::receiver("ServiceException", "broken"))).await.unwrap();
        drop(sender);
        let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8_lossy(&frame);
        assert!(text.contains(":exception-type") && text.contains(r#"{"message":"broken"}"#), "{text}");
        assert!(stream.frame().await.is_none());
    }
}
