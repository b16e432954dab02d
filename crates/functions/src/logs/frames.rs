//! Takes what a function writes apart into events. Standard output is text, an event a line. The other descriptor carries
//! frames, with which AWS's clients keep an event of many lines together: four bytes of kind, four of length, eight of
//! time in microseconds (all big-endian), and the text.

use super::now_ms;

/// *awslambdaric, bootstrap.py, FramedTelemetryLogSink*: the upper three bytes of a frame's kind; the lowest says format
/// and level.
const MAGIC: u32 = 0xa55a_0000;
/// Longer events are cut, as CloudWatch Logs does it: 256 KB with 26 bytes of overhead, and then some.
const LONGEST: usize = 256 << 10;

/// One event, and when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub timestamp_ms: i64,
    pub message: String,
}

/// Finds events in bytes that come in pieces.
#[derive(Debug)]
pub enum Splitter {
    Lines(Vec<u8>),
    Frames(Vec<u8>),
}

impl Splitter {
    pub fn push(&mut self, bytes: &[u8], into: &mut Vec<Event>) {
        match self {
            Self::Lines(left) => {
                left.extend_from_slice(bytes);
                while let Some(end) = left.iter().position(|&byte| byte == b'\n') {
                    let line: Vec<u8> = left.drain(..=end).collect();
                    event(&line[..end], now_ms(), into);
                }
                if left.len() > LONGEST {
                    event(&std::mem::take(left), now_ms(), into);
                }
            }
            Self::Frames(left) => {
                left.extend_from_slice(bytes);
                while let Some(used) = frame(left, into) {
                    left.drain(..used);
                }
            }
        }
    }

    /// What has no end yet, at the end.
    pub fn finish(&mut self, into: &mut Vec<Event>) {
        if let Self::Lines(left) = self {
            event(&std::mem::take(left), now_ms(), into);
        }
    }
}

/// The first frame, and how many bytes it had; `None` if it is not whole. What is no frame at all is thrown away.
fn frame(bytes: &[u8], into: &mut Vec<Event>) -> Option<usize> {
    let kind = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    if kind & 0xffff_0000 != MAGIC {
        return (!bytes.is_empty()).then_some(bytes.len());
    }
    let length = u32::from_be_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let micros = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
    let text = bytes.get(16..16 + length)?;
    event(text, i64::try_from(micros / 1000).unwrap_or_else(|_| now_ms()), into);
    Some(16 + length)
}

fn event(text: &[u8], timestamp_ms: i64, into: &mut Vec<Event>) {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.is_empty() {
        return;
    }
    for piece in text.chunks(LONGEST) {
        into.push(Event { timestamp_ms, message: String::from_utf8_lossy(piece).into_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.message.as_str()).collect()
    }

    #[test]
    fn lines_are_events_wherever_they_were_cut() {
        let (mut splitter, mut found) = (Splitter::Lines(Vec::new()), Vec::new());
        for piece in ["on", "e\ntw", "o\n\nthree"] {
            splitter.push(piece.as_bytes(), &mut found);
        }
        assert_eq!(texts(&found), ["one", "two"]);
        splitter.finish(&mut found);
        assert_eq!(texts(&found), ["one", "two", "three"]);
    }

    #[test]
    fn a_frame_is_one_event_of_many_lines_with_its_own_time() {
        let mut bytes = 0xa55a_0003u32.to_be_bytes().to_vec();
        bytes.extend(8u32.to_be_bytes());
        bytes.extend(1_700_000_000_123_456u64.to_be_bytes());
        bytes.extend(b"one\ntwo\n");
        let (mut splitter, mut found) = (Splitter::Frames(Vec::new()), Vec::new());
        for byte in &bytes {
            splitter.push(&[*byte], &mut found);
        }
        assert_eq!(found, [Event { timestamp_ms: 1_700_000_000_123, message: "one\ntwo".into() }]);
    }
}
