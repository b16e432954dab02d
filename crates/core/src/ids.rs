//! Resource identifiers as EC2 writes them: a prefix and 17 hexadecimal digits.

use rand::Rng;

/// Digits after the prefix (*EC2 user guide, Resource IDs: longer IDs*).
pub const DIGITS: usize = 17;

/// Makes a new identifier such as `i-0123456789abcdef0`. The first digit is always 0, as AWS's are.
pub fn generate(prefix: &str, random: &mut impl Rng) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut id = String::with_capacity(prefix.len() + 1 + DIGITS);
    id.push_str(prefix);
    id.push_str("-0");
    for _ in 1..DIGITS {
        id.push(char::from(HEX[random.random_range(0..HEX.len())]));
    }
    id
}

/// Whether `id` has the form `prefix-xxxxxxxx` or `prefix-xxxxxxxxxxxxxxxxx`. AWS answers `…ID.Malformed`
/// to what has not, and `…ID.NotFound` to what has and does not exist.
pub fn is_well_formed(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(|digits| {
        matches!(digits.len(), 8 | DIGITS) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_generated_is_well_formed() {
        let mut random = rand::rng();
        let id = generate("i", &mut random);
        assert!(is_well_formed("i", &id), "{id}");
        assert_ne!(id, generate("i", &mut random));
    }

    #[test]
    fn short_and_long_ids_are_well_formed_and_others_are_not() {
        for id in ["vpc-0123abcd", "vpc-0123456789abcdef0"] {
            assert!(is_well_formed("vpc", id), "{id}");
        }
        for id in
            ["", "vpc", "vpc-", "vpc-0123", "subnet-0123abcd", "vpc-0123ABCD", "vpc-0123abcg", "vpc-0123456789abcdef01"]
        {
            assert!(!is_well_formed("vpc", id), "{id}");
        }
    }
}
