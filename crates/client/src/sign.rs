//! Signature version 4 of a POST to `/`, as query and JSON clients send it
//! (*AWS General Reference, Create a signed AWS API request*).

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A pair that signs requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// What a signature covers besides the body.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub region: &'a str,
    /// `ec2`
    pub service: &'a str,
    /// The `Host` header.
    pub host: &'a str,
    pub content_type: &'a str,
}

/// The headers that carry a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `X-Amz-Date`
    pub date: String,
    pub authorization: String,
}

/// Signs a POST of `body` to `/`.
pub fn sign(credentials: &Credentials, scope: Scope<'_>, body: &[u8], at: Timestamp) -> Signed {
    sign_target(credentials, scope, None, body, at)
}

/// Signs a POST of `body` to `/`, with the header `X-Amz-Target` of JSON clients if there is one.
pub fn sign_target(
    credentials: &Credentials,
    scope: Scope<'_>,
    target: Option<&str>,
    body: &[u8],
    at: Timestamp,
) -> Signed {
    let date = at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = &date[..8];
    let Scope { region, service, host, content_type } = scope;
    let payload = hex::encode(Sha256::digest(body));
    let (target, signed_headers) = match target {
        Some(target) => (format!("x-amz-target:{target}\n"), format!("{SIGNED_HEADERS};x-amz-target")),
        None => (String::new(), SIGNED_HEADERS.to_owned()),
    };
    let request = format!(
        "POST\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{date}\n{target}\n{signed_headers}\n{payload}"
    );
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(request.as_bytes())));
    let secret = format!("AWS4{}", credentials.secret_access_key);
    let key = [day, region, service, "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| hmac_sha256(&key, part.as_bytes()));
    let signature = hex::encode(hmac_sha256(&key, text.as_bytes()));
    let id = &credentials.access_key_id;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}");
    Signed { date, authorization }
}

const SIGNED_HEADERS: &str = "content-type;host;x-amz-date";

fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length, so making one cannot fail.
    #[expect(clippy::expect_used)]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `post-x-www-form-urlencoded` of AWS's published signature version 4 test suite.
    #[test]
    fn signs_as_awss_test_suite_does() {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        };
        let scope = Scope {
            region: "us-east-1",
            service: "service",
            host: "example.amazonaws.com",
            content_type: "application/x-www-form-urlencoded",
        };
        let signed = sign(&credentials, scope, b"Param1=value1", "2015-08-30T12:36:00Z".parse().unwrap());
        assert_eq!(signed.date, "20150830T123600Z");
        let signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
        assert!(signed.authorization.ends_with(signature), "{}", signed.authorization);
    }
}
