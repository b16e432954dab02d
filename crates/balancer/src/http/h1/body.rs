//! Where a body ends. Pure: takes what has arrived, says how much of it is framing and how much is the body.

use memchr::memchr;

use crate::http::message::Framing;

/// Chunk sizes with their extensions, and trailers, in bytes.
const LONGEST_LINE: usize = 16 << 10;

#[derive(Debug, Clone)]
pub struct Decoder {
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Length(u64),
    UntilClose,
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    Done,
}

/// Of the input: first so much framing, then so much body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub skip: usize,
    pub data: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

impl Decoder {
    pub fn new(framing: Framing) -> Decoder {
        let state = match framing {
            Framing::None | Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::ChunkSize,
            Framing::UntilClose => State::UntilClose,
        };
        Decoder { state }
    }

    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether an end of input now is the end of the body.
    pub fn may_end(&self) -> bool {
        matches!(self.state, State::Done | State::UntilClose)
    }

    /// Looks at what has arrived. Nothing to skip and no data means that more has to arrive.
    pub fn step(&mut self, input: &[u8]) -> Result<Step, Malformed> {
        let mut skip = 0;
        loop {
            let rest = &input[skip..];
            let data = match &mut self.state {
                State::Done => 0,
                State::UntilClose => rest.len(),
                State::Length(left) => {
                    let data = take(left, rest.len());
                    if *left == 0 {
                        self.state = State::Done;
                    }
                    data
                }
                State::ChunkData(left) => {
                    let data = take(left, rest.len());
                    if *left == 0 {
                        self.state = State::ChunkEnd;
                    }
                    data
                }
                State::ChunkEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        skip += 2;
                        self.state = State::ChunkSize;
                        continue;
                    }
                    [] | [b'\r'] => 0,
                    _ => return Err(Malformed),
                },
                State::ChunkSize => match line(rest)? {
                    Some((line, length)) => {
                        skip += length;
                        self.state = match chunk_size(line)? {
                            0 => State::Trailers,
                            size => State::ChunkData(size),
                        };
                        continue;
                    }
                    None => 0,
                },
                State::Trailers => match line(rest)? {
                    Some((line, length)) => {
                        skip += length;
                        if line.is_empty() {
                            self.state = State::Done;
                        }
                        continue;
                    }
                    None => 0,
                },
            };
            return Ok(Step { skip, data });
        }
    }
}

fn take(left: &mut u64, there: usize) -> usize {
    let data = usize::try_from(*left).map_or(there, |left| left.min(there));
    *left -= data as u64;
    data
}

/// A line that ends with CR LF, and its length with that. Neither may stand alone.
fn line(input: &[u8]) -> Result<Option<(&[u8], usize)>, Malformed> {
    match memchr(b'\n', input) {
        Some(end) if end > LONGEST_LINE => Err(Malformed),
        Some(end) => match input[..end].strip_suffix(b"\r") {
            Some(line) if !line.contains(&b'\r') => Ok(Some((line, end + 1))),
            _ => Err(Malformed),
        },
        None if input.len() > LONGEST_LINE => Err(Malformed),
        None => Ok(None),
    }
}

/// Hexadecimal digits, and extensions that nobody needs.
fn chunk_size(line: &[u8]) -> Result<u64, Malformed> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    let (digits, rest) = line.split_at(end);
    if !rest.is_empty() && !rest.trim_ascii_start().starts_with(b";") {
        return Err(Malformed);
    }
    match digits.len() {
        1..=15 => std::str::from_utf8(digits).ok().and_then(|text| u64::from_str_radix(text, 16).ok()).ok_or(Malformed),
        _ => Err(Malformed),
    }
}

/// Appends a chunk. An empty one would end the body, so it is left out.
pub fn encode_chunk(data: &[u8], out: &mut Vec<u8>) {
    if data.is_empty() {
        return;
    }
    let mut room = [0; 16];
    let mut at = room.len();
    let mut size = data.len();
    while size > 0 {
        at -= 1;
        room[at] = b"0123456789abcdef"[size & 15];
        size >>= 4;
    }
    out.extend_from_slice(&room[at..]);
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Decodes what arrives in pieces of `piece` bytes. Returns the body and what follows it.
    fn decode(framing: Framing, input: &[u8], piece: usize) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
        let mut decoder = Decoder::new(framing);
        let (mut waiting, mut body) = (Vec::new(), Vec::new());
        for piece in input.chunks(piece) {
            waiting.extend_from_slice(piece);
            loop {
                let step = decoder.step(&waiting)?;
                body.extend_from_slice(&waiting[step.skip..step.skip + step.data]);
                waiting.drain(..step.skip + step.data);
                if step == (Step { skip: 0, data: 0 }) || decoder.is_done() {
                    break;
                }
            }
        }
        assert!(decoder.may_end());
        Ok((body, waiting))
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_however_it_arrives(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..8),
            piece in 1..50_usize,
        ) {
            let mut wire = Vec::new();
            for part in &parts {
                encode_chunk(part, &mut wire);
            }
            wire.extend_from_slice(b"0\r\n\r\nNEXT");
            let (body, rest) = decode(Framing::Chunked, &wire, piece).unwrap();
            prop_assert_eq!(body, parts.concat());
            prop_assert_eq!(rest, b"NEXT");
        }

        #[test]
        fn a_length_is_kept(length in 1..100_usize, piece in 1..50_usize) {
            let wire = vec![b'x'; length + 4];
            let (body, rest) = decode(Framing::Length(length as u64), &wire, piece).unwrap();
            prop_assert_eq!((body.len(), rest.len()), (length, 4));
        }

        #[test]
        fn no_input_breaks_the_decoder(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Decoder::new(Framing::Chunked).step(&bytes);
        }
    }

    #[test]
    fn extensions_and_trailers_are_dropped() {
        let (body, rest) = decode(Framing::Chunked, b"3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n", 100).unwrap();
        assert_eq!((&body[..], &rest[..]), (&b"abc"[..], &b""[..]));
    }

    #[test]
    fn sloppy_chunks_are_refused() {
        for wrong in [
            "3\nabc\r\n0\r\n\r\n",
            "0x3\r\nabc",
            "+3\r\nabc",
            "3\r\nabcX",
            "\r\n",
            "-1\r\n",
            "3 x\r\n",
            "ffffffffffffffff1\r\n",
        ] {
            assert!(decode(Framing::Chunked, wrong.as_bytes(), 100).is_err(), "{wrong:?}");
        }
    }
}
