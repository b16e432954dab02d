//! Random identifiers and secrets, in the forms that AWS gives them (*IAM user guide, Unique identifiers*).

use rand::Rng;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of a session token. Nothing is in it: what it stands for is in the store.
pub(crate) const TOKEN_LENGTH: usize = 240;

/// `AKIA…`: of a long-term key.
pub(crate) fn long_term_key_id() -> String {
    text("AKIA", 16, BASE32)
}

/// `ASIA…`: of a temporary key.
pub(crate) fn temporary_key_id() -> String {
    text("ASIA", 16, BASE32)
}

/// `AROA…`
pub(crate) fn role_id() -> String {
    text("AROA", 17, BASE32)
}

/// `AIPA…`
pub(crate) fn instance_profile_id() -> String {
    text("AIPA", 17, BASE32)
}

/// 240 bits that nobody can guess.
pub(crate) fn secret() -> String {
    text("", 40, BASE64)
}

pub(crate) fn session_token() -> String {
    text("", TOKEN_LENGTH, BASE64)
}

/// `rand::rng` is a cryptographic generator, seeded by the kernel.
fn text(prefix: &str, length: usize, alphabet: &[u8]) -> String {
    let mut random = rand::rng();
    let mut text = String::with_capacity(prefix.len() + length);
    text.push_str(prefix);
    text.extend((0..length).map(|_| char::from(alphabet[random.random_range(0..alphabet.len())])));
    text
}
