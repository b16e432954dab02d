//! Ids of offers: UUIDs of version 8 that hold what is offered, so that nothing has to be looked up to read one.
//!
//! ```text
//!  bits 127..80  what it is for: a hash of the family's or the type's name
//!  bits  79..76  8, the version                  bits 63..62  2, the variant
//!  bits  75..64  product, term, payment          bits 61..48  details: system, tenancy, zone
//!                                                bits 47..0   a hash of all the rest, so that no id is right by chance
//! ```

use freehold_core::ids;
use sha2::{Digest, Sha256};

use super::{Payment, Term};

/// What an id holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Of [`hash`].
    pub name: u64,
    /// 0 to 15.
    pub product: u8,
    pub term: Term,
    pub payment: Payment,
    /// 14 bits.
    pub details: u16,
}

const NAME_BITS: u32 = 48;
const MASK: u64 = (1 << NAME_BITS) - 1;

/// 48 bits of a name.
pub fn hash(name: &str) -> u64 {
    first_bits(name.as_bytes())
}

fn first_bits(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

impl Parts {
    fn head(self) -> u128 {
        let kind = u128::from(self.product & 0xf) << 4 | (self.term as u128) << 2 | self.payment as u128;
        let details = u128::from(self.details & 0x3fff);
        u128::from(self.name & MASK) << 80 | 0x8 << 76 | kind << 64 | 0b10 << 62 | details << 48
    }

    pub fn text(self) -> String {
        let head = self.head();
        ids::uuid_text(head | u128::from(first_bits(&head.to_be_bytes())))
    }

    /// `None` for an id that was not made here.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let bits = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
        let kind = (bits >> 64) & 0xfff;
        let parts = Self {
            name: (bits >> 80) as u64 & MASK,
            product: (kind >> 4 & 0xf) as u8,
            term: *Term::ALL.get((kind >> 2 & 0b11) as usize)?,
            payment: *Payment::ALL.get((kind & 0b11) as usize)?,
            details: (bits >> 48 & 0x3fff) as u16,
        };
        (parts.text() == text).then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_it_is_for() {
        for term in Term::ALL {
            for payment in Payment::ALL {
                let parts = Parts { name: hash("m5"), product: 3, term, payment, details: 0x1234 };
                let id = parts.text();
                assert_eq!(Parts::parse(&id), Some(parts));
                assert_eq!((id.len(), &id[14..15]), (36, "8"), "{id}");
            }
        }
    }

    #[test]
    fn an_id_that_was_made_up_is_none() {
        let parts =
            Parts { name: hash("m5"), product: 3, term: Term::OneYear, payment: Payment::NoUpfront, details: 0 };
        let id = parts.text();
        let other = if id.ends_with('0') { "1" } else { "0" };
        for wrong in ["", "x", &ids::uuid(), &format!("{}{other}", &id[..35]), &id.to_uppercase().replace('-', "")] {
            assert_eq!(Parts::parse(wrong), None, "{wrong}");
        }
    }
}
