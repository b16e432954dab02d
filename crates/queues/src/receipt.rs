//! Receipt handles: which message, received for which time.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::QueueId;

/// The form of what follows; others are refused.
const VERSION: u8 = 1;
const CHECK: usize = 8;
const LENGTH: usize = 1 + 8 + 8 + 8 + CHECK;

/// Made anew each time a message is received. As text it is opaque to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt {
    pub queue: QueueId,
    pub sequence: u64,
    /// Which time the message was received; random, so that it differs after a crash too.
    pub lease: u64,
}

/// The text is no receipt at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the receipt handle is not one")]
pub struct Malformed;

impl fmt::Display for Receipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        bytes[1..9].copy_from_slice(&self.queue.to_be_bytes());
        bytes[9..17].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[17..25].copy_from_slice(&self.lease.to_be_bytes());
        let check = check(&bytes[..25]);
        bytes[25..].copy_from_slice(&check);
        out.write_str(&STANDARD.encode(bytes))
    }
}

impl FromStr for Receipt {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bytes = STANDARD.decode(text).map_err(|_| Malformed)?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| Malformed)?;
        if bytes[0] != VERSION || check(&bytes[..25]) != bytes[25..] {
            return Err(Malformed);
        }
        let number = |at: usize| u64::from_be_bytes(std::array::from_fn(|offset| bytes[at + offset]));
        Ok(Self { queue: number(1), sequence: number(9), lease: number(17) })
    }
}

/// Keeps out what was cut or changed by mistake; the lease keeps out guesses.
fn check(bytes: &[u8]) -> [u8; CHECK] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|position| digest[position])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_receipt_survives_its_text(queue: u64, sequence: u64, lease: u64) {
            let receipt = Receipt { queue, sequence, lease };
            prop_assert_eq!(receipt.to_string().parse(), Ok(receipt));
        }

        #[test]
        fn whatever_else_is_refused(text in ".*") {
            prop_assert_eq!(text.parse::<Receipt>(), Err(Malformed));
        }
    }
}
