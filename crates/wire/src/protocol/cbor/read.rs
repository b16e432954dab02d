//! Data items of CBOR, head by head (*RFC 8949, Specification of the CBOR encoding*). Nothing is believed about a
//! length but what is there to be read.

/// Containers in containers, at most: no schema is as deep.
const DEEPEST: usize = 64;

/// Why bytes are no CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the body ends within a value")]
    Short,
    #[error("the body holds what CBOR has no meaning for")]
    Reserved,
    #[error("the body is nested too deep")]
    Deep,
    #[error("a text is not UTF-8")]
    Text,
    #[error("there is more after the value")]
    Rest,
}

/// The start of a data item: all of a scalar, the length of what follows. `None` is a length that shows at its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Head {
    Unsigned(u64),
    /// -1 less the number.
    Negative(u64),
    Bytes(Option<u64>),
    Text(Option<u64>),
    Array(Option<u64>),
    Map(Option<u64>),
    Tag(u64),
    Boolean(bool),
    /// Null and undefined.
    Null,
    Float(f64),
    Break,
}

/// Bytes that are read from the front.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed::Rest) }
    }

    pub fn head(&mut self) -> Result<Head, Malformed> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 0x1f);
        let argument = match info {
            0..=23 => Some(u64::from(info)),
            24..=27 => Some(self.number(1 << (info - 24))?),
            31 => None,
            _ => return Err(Malformed::Reserved),
        };
        match (major, argument) {
            (0, Some(value)) => Ok(Head::Unsigned(value)),
            (1, Some(value)) => Ok(Head::Negative(value)),
            (2, length) => Ok(Head::Bytes(length)),
            (3, length) => Ok(Head::Text(length)),
            (4, length) => Ok(Head::Array(length)),
            (5, length) => Ok(Head::Map(length)),
            (6, Some(tag)) => Ok(Head::Tag(tag)),
            (7, Some(bits)) => simple(info, bits),
            (7, None) => Ok(Head::Break),
            _ => Err(Malformed::Reserved),
        }
    }

    /// Whether the next item ends a container of no announced length; takes it then.
    pub fn at_break(&mut self) -> Result<bool, Malformed> {
        let is_break = *self.0.first().ok_or(Malformed::Short)? == 0xff;
        if is_break {
            self.0 = &self.0[1..];
        }
        Ok(is_break)
    }

    /// What follows the head of a text or of bytes.
    pub fn string(&mut self, length: Option<u64>, is_text: bool) -> Result<Vec<u8>, Malformed> {
        let Some(length) = length else {
            let mut whole = Vec::new();
            while !self.at_break()? {
                match self.head()? {
                    Head::Text(Some(length)) if is_text => whole.extend_from_slice(self.counted(length)?),
                    Head::Bytes(Some(length)) if !is_text => whole.extend_from_slice(self.counted(length)?),
                    _ => return Err(Malformed::Reserved),
                }
            }
            return Ok(whole);
        };
        Ok(self.counted(length)?.to_vec())
    }

    pub fn text(&mut self, length: Option<u64>) -> Result<String, Malformed> {
        String::from_utf8(self.string(length, true)?).map_err(|_| Malformed::Text)
    }

    /// Passes over the next item and all that is in it.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        let head = self.head()?;
        self.skip_rest(head, 0)
    }

    /// Passes over what follows a head.
    pub fn skip_rest(&mut self, head: Head, depth: usize) -> Result<(), Malformed> {
        if depth > DEEPEST {
            return Err(Malformed::Deep);
        }
        match head {
            Head::Bytes(length) => self.string(length, false).map(drop),
            Head::Text(length) => self.string(length, true).map(drop),
            Head::Tag(_) => self.skip_items(Some(1), depth),
            Head::Array(length) => self.skip_items(length, depth),
            Head::Map(Some(length)) => self.skip_items(Some(length.checked_mul(2).ok_or(Malformed::Short)?), depth),
            Head::Map(None) => self.skip_items(None, depth),
            Head::Break => Err(Malformed::Reserved),
            _ => Ok(()),
        }
    }

    fn skip_items(&mut self, count: Option<u64>, depth: usize) -> Result<(), Malformed> {
        let mut done = 0;
        loop {
            match count {
                Some(count) if done == count => return Ok(()),
                None if self.at_break()? => return Ok(()),
                _ => {}
            }
            let head = self.head()?;
            self.skip_rest(head, depth + 1)?;
            done += 1;
        }
    }

    fn counted(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        self.take(usize::try_from(length).map_err(|_| Malformed::Short)?)
    }

    fn number(&mut self, width: usize) -> Result<u64, Malformed> {
        Ok(self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed::Short)?;
        self.0 = rest;
        Ok(taken)
    }
}

fn simple(info: u8, bits: u64) -> Result<Head, Malformed> {
    match info {
        20 | 21 => Ok(Head::Boolean(info == 21)),
        22 | 23 => Ok(Head::Null),
        // The bits of each width fill no more than that width.
        25 => Ok(Head::Float(half(bits as u16))),
        26 => Ok(Head::Float(f64::from(f32::from_bits(bits as u32)))),
        27 => Ok(Head::Float(f64::from_bits(bits))),
        _ => Err(Malformed::Reserved),
    }
}

/// A number of 16 bits (*RFC 8949, Half-precision*).
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => mantissa * 2f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (mantissa + 1024.0) * 2f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}
