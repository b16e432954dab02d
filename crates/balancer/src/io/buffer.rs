//! Buffers, taken from the worker's stock while something moves and given back while nothing does: an idle connection has
//! none, which is what makes thousands of them cheap.

use std::cell::RefCell;

/// What is read at once.
pub const BUFFER_BYTES: usize = 16 << 10;
/// Kept for later at most: 2 MiB.
const MOST_KEPT: usize = 128;

#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    pub fn unread(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }

    pub fn consume(&mut self, count: usize) {
        self.start += count;
        if self.start >= self.bytes.len() {
            self.start = 0;
            self.bytes.clear();
        }
    }

    /// Where to read to, with room for at least something.
    pub fn room(&mut self) -> &mut Vec<u8> {
        if self.start > 0 && self.bytes.len() == self.bytes.capacity() {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(BUFFER_BYTES);
        } else if self.bytes.len() == self.bytes.capacity() {
            self.bytes.reserve(BUFFER_BYTES);
        }
        &mut self.bytes
    }

    /// The last read took all the room that there was.
    pub fn is_full(&self) -> bool {
        self.bytes.len() == self.bytes.capacity()
    }

    pub fn has_storage(&self) -> bool {
        self.bytes.capacity() > 0
    }
}

/// A worker's stock.
#[derive(Debug, Default)]
pub struct Buffers(RefCell<Vec<Vec<u8>>>);

impl Buffers {
    /// Gives storage to a buffer that has none.
    pub fn lend(&self, buffer: &mut Buffer) {
        if !buffer.has_storage()
            && let Some(bytes) = self.0.borrow_mut().pop()
        {
            buffer.bytes = bytes;
        }
    }

    pub fn take(&self) -> Buffer {
        let mut buffer = Buffer::default();
        self.lend(&mut buffer);
        buffer
    }

    /// Takes the storage of a buffer with nothing in it.
    pub fn reclaim(&self, buffer: &mut Buffer) {
        if buffer.is_empty() && buffer.has_storage() {
            let mut bytes = std::mem::take(&mut buffer.bytes);
            buffer.start = 0;
            let mut stock = self.0.borrow_mut();
            if bytes.capacity() == BUFFER_BYTES && stock.len() < MOST_KEPT {
                bytes.clear();
                stock.push(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_goes_round() {
        let stock = Buffers::default();
        let mut buffer = stock.take();
        buffer.room().extend_from_slice(b"abc");
        buffer.consume(1);
        assert_eq!(buffer.unread(), b"bc");
        stock.reclaim(&mut buffer);
        assert!(buffer.has_storage(), "what is not empty stays");
        buffer.consume(2);
        stock.reclaim(&mut buffer);
        assert!(!buffer.has_storage());
        assert!(stock.take().has_storage());
    }

    #[test]
    fn a_full_buffer_makes_room() {
        let mut buffer = Buffer::default();
        buffer.room().resize(BUFFER_BYTES, 7);
        buffer.consume(BUFFER_BYTES - 1);
        let room = buffer.room();
        assert!(room.capacity() > room.len());
        assert_eq!(buffer.unread(), [7]);
    }
}
