//! Stock keeping units: what a product is called. Those of AWS are random; here they follow from what the product is, so
//! that they are the same in every region of a user and after every start.

use sha2::{Digest, Sha256};

/// Capital letters and digits, without those that are mistaken for others.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKMNPQRSTUVWXYZ123456789";
const LENGTH: usize = 16;

/// The unit of a product with these distinctions.
pub(super) fn sku(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    digest.finalize().iter().take(LENGTH).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_always_called_the_same() {
        let one = sku(&["AmazonEC2", "BoxUsage:m5.large"]);
        assert_eq!(one, sku(&["AmazonEC2", "BoxUsage:m5.large"]));
        assert_ne!(one, sku(&["AmazonEC2B", "oxUsage:m5.large"]));
        assert!(one.len() == 16 && one.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{one}");
    }
}
