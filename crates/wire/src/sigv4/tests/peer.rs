//! What the `aws-sigv4` crate signs, in either form, is accepted; the same with one part changed is not.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use proptest::prelude::*;

use super::{Owned, Rules};

const SIGNED_AT: u64 = 1_440_938_160;

prop_compose! {
    fn request()(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]),
        path in "(/[a-zA-Z0-9_.~%-]{0,6}){1,4}".prop_map(|path| path.replace('%', "%2F")),
        query in prop::collection::vec(("[a-zA-Z0-9.~_-]{1,6}", "([a-zA-Z0-9.~_*()'!-]|%20|%2B|%C3%A9|%3D){0,8}"), 0..5),
        headers in prop::collection::btree_map("(x-amz-meta|x-other)-[a-z]{1,5}", "[a-zA-Z0-9 ,;=\"]{0,12}", 0..4),
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) -> Owned {
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut owned = Owned {
            method: method.into(),
            path,
            query: query.join("&"),
            headers: http::HeaderMap::new(),
            body,
        };
        owned.headers.insert("host", HeaderValue::from_static("ec2.us-east-1.amazonaws.com"));
        for (name, value) in headers {
            owned.headers.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        owned
    }
}

fn signed(mut owned: Owned, secret: &str, token: Option<&str>, presigned: bool, checksum: bool) -> Owned {
    let identity = Credentials::new("AKIDEXAMPLE", secret, token.map(str::to_owned), None, "test").into();
    let mut settings = SigningSettings::default();
    if presigned {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(900));
    } else if checksum {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("ec2")
        .time(UNIX_EPOCH + Duration::from_secs(SIGNED_AT))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let separator = if owned.query.is_empty() { "" } else { "?" };
    let url = format!("http://ec2.us-east-1.amazonaws.com{}{separator}{}", owned.path, owned.query);
    let headers = owned.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let signable = SignableRequest::new(&owned.method, url, headers, SignableBody::Bytes(&owned.body)).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let (headers, parameters) = instructions.into_parts();
    for header in headers {
        owned.headers.insert(header.name().parse::<HeaderName>().unwrap(), header.value().parse().unwrap());
    }
    for (name, value) in parameters {
        let mut encoded = String::new();
        super::super::encoding::encode(&value, &mut encoded);
        let separator = if owned.query.is_empty() { "" } else { "&" };
        owned.query.push_str(&format!("{separator}{name}={encoded}"));
    }
    owned
}

proptest! {
    #[test]
    fn what_a_peer_signs_is_accepted_and_nothing_else(
        request in request(),
        secret in "[a-zA-Z0-9/+]{40}",
        token in prop::option::of("[a-zA-Z0-9/+=]{20,60}"),
        presigned: bool,
        checksum: bool,
        changed in 0..5_usize,
    ) {
        let now = Timestamp::from_second(i64::try_from(SIGNED_AT).unwrap() + 60).unwrap();
        let token = token.as_deref();
        let mut owned = signed(request, &secret, token, presigned, checksum);
        prop_assert_eq!(owned.verify(&secret, token, now, Rules::default()), Ok(()));

        match changed {
            0 => owned.method.push('X'),
            1 => owned.path.push_str("/x"),
            2 => owned.query.push_str("&x=1"),
            3 => owned.body.push(0),
            _ => drop(owned.headers.insert("host", HeaderValue::from_static("elsewhere"))),
        }
        prop_assert!(owned.verify(&secret, token, now, Rules::default()).is_err());
    }
}
