//! Identifiers: those of resources as EC2 writes them, a prefix and 17 hexadecimal digits, and UUIDs.

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

/// A random UUID (RFC 9562: version 4, variant 10) as a number.
pub fn new_uuid() -> u128 {
    let random: u128 = rand::random();
    random & !(0xf << 76) & !(0b11 << 62) | 0x4 << 76 | 0b10 << 62
}

/// A UUID as text: `7a62c49f-347e-4fc4-9331-6e8eEXAMPLE` in form.
pub fn uuid_text(uuid: u128) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(36);
    for (position, byte) in uuid.to_be_bytes().into_iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    text
}

/// A random UUID as text.
pub fn uuid() -> String {
    uuid_text(new_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_random_and_of_version_4() {
        let id = uuid();
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'));
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{id}");
        assert_ne!(id, uuid());
        assert_eq!(uuid_text(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef), "01234567-89ab-cdef-0123-456789abcdef");
    }

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
