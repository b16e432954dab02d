//! Ids of messages: random UUIDs.

/// RFC 9562: version 4, variant 10.
const VERSION: u128 = 0x4 << 76;
const VARIANT: u128 = 0b10 << 62;

pub(crate) fn new_message_id() -> u128 {
    let random: u128 = rand::random();
    random & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT
}

/// As callers see it.
pub(crate) fn message_id(id: u128) -> String {
    let digits = hex::encode(id.to_be_bytes());
    let mut text = String::with_capacity(36);
    for (at, part) in [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)] {
        if at > 0 {
            text.push('-');
        }
        text.push_str(&digits[at..part]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_random_uuid() {
        let text = message_id(new_message_id());
        assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(text.as_bytes()[14], b'4');
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(text, message_id(new_message_id()));
        assert_eq!(message_id(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef), "01234567-89ab-cdef-0123-456789abcdef");
    }
}
