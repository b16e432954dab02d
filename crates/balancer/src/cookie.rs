//! Stickiness cookies. What a cookie says is sealed with the node's key, so that no client reads targets' identities or
//! writes a cookie of its own; the key is in the node's directory, so cookies outlive the process.

use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rand::Rng;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// `lb_cookie` stickiness, and its twin for cross-origin requests.
pub const BALANCER: [&str; 2] = ["AWSALB", "AWSALBCORS"];
/// `app_cookie` stickiness.
pub const APPLICATION: &str = "AWSALBAPP-0";
/// Both kinds of stickiness of classic balancers.
pub const CLASSIC: &str = "AWSELB";
/// Stickiness to one of the target groups of a rule, and its twin.
pub const GROUP: [&str; 2] = ["AWSALBTG", "AWSALBTGCORS"];

const KEY_BYTES: usize = 16;

pub struct Sealer {
    key: LessSafeKey,
}

/// To what a client sticks, and until when (seconds since the epoch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// [`Target::hash`](crate::snapshot::Target::hash), or the hash of a group's ARN.
    pub to: u64,
    pub expires: i64,
}

impl Sealer {
    /// The key of the node in `directory`, made at the first start.
    pub fn of_node(directory: &Path) -> io::Result<Sealer> {
        let path = directory.join("cookie.key");
        let key = match std::fs::read(&path) {
            Ok(key) if key.len() == KEY_BYTES => key,
            _ => {
                let key: [u8; KEY_BYTES] = rand::rng().random();
                write_private(&path, &key)?;
                key.to_vec()
            }
        };
        Sealer::new(&key)
    }

    fn new(key: &[u8]) -> io::Result<Sealer> {
        let key = UnboundKey::new(&AES_128_GCM, key).map_err(|_| io::Error::other("the cookie key is of no use"))?;
        Ok(Sealer { key: LessSafeKey::new(key) })
    }

    /// `purpose` is the cookie's name: what was sealed as one does not open as another.
    pub fn seal(&self, purpose: &str, ticket: Ticket) -> String {
        let nonce: [u8; NONCE_LEN] = rand::rng().random();
        let mut text = [ticket.to.to_be_bytes(), ticket.expires.to_be_bytes()].concat();
        let sealed = self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut text,
        );
        // Sealing fails for messages of gigabytes only.
        if sealed.is_err() {
            return String::new();
        }
        BASE64.encode([&nonce[..], &text].concat())
    }

    pub fn open(&self, purpose: &str, value: &[u8], now: i64) -> Option<Ticket> {
        let bytes = BASE64.decode(value).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let plain = self.key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut text).ok()?;
        let (to, expires) = plain.split_first_chunk::<8>()?;
        let ticket = Ticket { to: u64::from_be_bytes(*to), expires: i64::from_be_bytes(expires.try_into().ok()?) };
        (ticket.expires > now).then_some(ticket)
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let temporary = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    std::fs::rename(&temporary, path)
}

/// The value of a cookie in a `Cookie` header.
pub fn find<'a>(header: &'a [u8], name: &str) -> Option<&'a [u8]> {
    header.split(|byte| *byte == b';').find_map(|pair| {
        let pair = pair.trim_ascii();
        pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
    })
}

/// The name of the cookie that a `Set-Cookie` header sets.
pub fn name_set(header: &[u8]) -> &[u8] {
    header.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii()
}

/// `Set-Cookie` as AWS writes it; the twin for cross-origin requests says so (*User Guide, Sticky sessions*).
pub fn set(name: &str, value: &str, expires: i64, for_cross_origin: bool) -> String {
    let when = crate::http::date::rfc1123(expires);
    match for_cross_origin {
        false => format!("{name}={value}; Expires={when}; Path=/"),
        true => format!("{name}={value}; Expires={when}; Path=/; SameSite=None; Secure"),
    }
}

/// `Set-Cookie` of a classic balancer (*User Guide for Classic Load Balancers, Sticky sessions*); without an age it
/// lasts as long as the browser's session.
pub fn set_classic(value: &str, age: Option<i64>) -> String {
    let age = age.map_or(String::new(), |seconds| format!(";MAX-AGE={seconds}"));
    format!("{CLASSIC}={value};PATH=/{age}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_ticket_opens_for_its_purpose_until_it_expires() {
        let sealer = Sealer::new(&[7; KEY_BYTES]).unwrap();
        let ticket = Ticket { to: 42, expires: 1000 };
        let value = sealer.seal("AWSALB", ticket);
        assert_eq!(sealer.open("AWSALB", value.as_bytes(), 999), Some(ticket));
        assert_eq!(sealer.open("AWSALB", value.as_bytes(), 1000), None);
        assert_eq!(sealer.open("AWSALBTG", value.as_bytes(), 999), None);
    }

    #[test]
    fn a_changed_or_foreign_cookie_does_not_open() {
        let sealer = Sealer::new(&[7; KEY_BYTES]).unwrap();
        let value = sealer.seal("AWSALB", Ticket { to: 42, expires: 1000 });
        let other = Sealer::new(&[8; KEY_BYTES]).unwrap();
        assert_eq!(other.open("AWSALB", value.as_bytes(), 0), None);
        assert_eq!(sealer.open("AWSALB", b"AAAA", 0), None);
        assert_eq!(sealer.open("AWSALB", b"not base64!", 0), None);
    }

    #[test]
    fn the_key_survives_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let value = Sealer::of_node(directory.path()).unwrap().seal("AWSALB", Ticket { to: 1, expires: 9 });
        assert!(Sealer::of_node(directory.path()).unwrap().open("AWSALB", value.as_bytes(), 0).is_some());
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        assert_eq!(find(b"XAWSALB=1; AWSALBCORS=2; AWSALB=3", "AWSALB"), Some(&b"3"[..]));
        assert_eq!(find(b"AWSALBX=1", "AWSALB"), None);
        assert_eq!(name_set(b"JSESSIONID=abc; Path=/"), b"JSESSIONID");
    }
}
