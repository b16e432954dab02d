//! Signature version 4 (*AWS General Reference, Create a signed AWS API request*), made anew for every request. The
//! day's key is kept, as SDKs keep it, because the load must be cheap beside the server.

use std::cell::RefCell;
use std::collections::HashMap;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

const REGION: &str = "us-east-1";

/// Signs for one pair of keys: `test` and `test`, which every server here takes.
#[derive(Default)]
pub struct Signer {
    keys: RefCell<HashMap<&'static str, (String, [u8; 32])>>,
    now: RefCell<(i64, String)>,
}

/// What a signature covers besides the body.
pub struct Scope<'a> {
    /// `sqs`
    pub service: &'static str,
    pub host: &'a str,
    pub content_type: &'a str,
    /// The `X-Amz-Target` header, where there is one.
    pub target: Option<&'a str>,
}

impl Signer {
    /// The headers that date and sign a POST to `/`, each with its line's end.
    pub fn headers(&self, scope: &Scope<'_>, body: &[u8]) -> String {
        let date = self.date();
        let day = &date[..8];
        let Scope { service, host, content_type, target } = scope;
        let payload = hex::encode(Sha256::digest(body));
        let (names, target) = match target {
            Some(target) => ("content-type;host;x-amz-date;x-amz-target", format!("x-amz-target:{target}\n")),
            None => ("content-type;host;x-amz-date", String::new()),
        };
        let request = format!(
            "POST\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{date}\n{target}\n{names}\n{payload}"
        );
        let granted = format!("{day}/{REGION}/{service}/aws4_request");
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{granted}\n{}", hex::encode(Sha256::digest(request)));
        let signature = hex::encode(hmac_sha256(&self.key(day, service), text.as_bytes()));
        format!(
            "x-amz-date: {date}\r\nauthorization: AWS4-HMAC-SHA256 Credential=test/{granted}, SignedHeaders={names}, \
             Signature={signature}\r\n"
        )
    }

    fn key(&self, day: &str, service: &'static str) -> [u8; 32] {
        let mut keys = self.keys.borrow_mut();
        match keys.get(service) {
            Some((of, key)) if of == day => *key,
            _ => {
                let key = hmac_sha256(b"AWS4test", day.as_bytes());
                let key =
                    [REGION, service, "aws4_request"].iter().fold(key, |key, part| hmac_sha256(&key, part.as_bytes()));
                keys.insert(service, (day.to_owned(), key));
                key
            }
        }
    }

    /// The current second as `20261124T101500Z`.
    fn date(&self) -> String {
        let at = Timestamp::now();
        let mut now = self.now.borrow_mut();
        if now.0 != at.as_second() {
            *now = (at.as_second(), at.strftime("%Y%m%dT%H%M%SZ").to_string());
        }
        now.1.clone()
    }
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so making one cannot fail.
    #[expect(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}
