//! Where packages can be fetched: `Code.Location` of GetFunction, an address of the region's own endpoint that needs no
//! signature and is good for ten minutes, as AWS's are.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use ring::hmac;

use crate::Lambda;
use crate::packages::file_name;

const PATH: &str = "/_freehold/lambda/packages/";
const GOOD_FOR_SECONDS: i64 = 600;

/// Signs addresses. A restart ends them all.
pub(crate) struct Downloads(hmac::Key);

impl Downloads {
    pub fn new() -> Self {
        let secret: [u8; 32] = rand::random();
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    /// The address of a package.
    pub fn url(&self, endpoint: &str, sha256: &str, now: Timestamp) -> String {
        let what = format!("{}.{}", file_name(sha256), now.as_second() + GOOD_FOR_SECONDS);
        format!("{endpoint}{PATH}{what}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, what.as_bytes())))
    }

    /// The digest (hexadecimal) of the package that a path leads to.
    fn package<'a>(&self, path: &'a str, now: Timestamp) -> Option<&'a str> {
        let (what, signature) = path.strip_prefix(PATH)?.rsplit_once('.')?;
        hmac::verify(&self.0, what.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        let (name, until) = what.split_once('.')?;
        (until.parse::<i64>().ok()? >= now.as_second()).then_some(name)
    }
}

/// Serves packages.
pub struct PackageRoute(pub Arc<Lambda>);

#[async_trait]
impl Route for PackageRoute {
    fn path(&self) -> &str {
        PATH
    }

    async fn handle(&self, request: PlainRequest, _: SocketAddr, _: &Metrics) -> PlainResponse {
        let lambda = &self.0;
        let Some(name) = lambda.downloads.package(request.uri().path(), lambda.now()) else {
            return plain(StatusCode::FORBIDDEN, "this address is not good, or not any more\n");
        };
        match tokio::fs::read(lambda.packages.of_name(name)).await {
            Ok(package) => {
                let mut response = Response::new(Bytes::from(package));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
                response
            }
            Err(_) => plain(StatusCode::NOT_FOUND, "this package is gone\n"),
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> PlainResponse {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_good_for_ten_minutes_and_for_one_package() {
        let downloads = Downloads::new();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let sha256 = base64::engine::general_purpose::STANDARD.encode([7; 32]);
        let url = downloads.url("http://127.0.0.1:4566", &sha256, now);
        let path = url.strip_prefix("http://127.0.0.1:4566").unwrap();
        assert_eq!(downloads.package(path, now), Some(&*"07".repeat(32)));
        let later = Timestamp::from_second(1_700_000_601).unwrap();
        assert_eq!(downloads.package(path, later), None);
        assert_eq!(downloads.package(&path.replace("0707", "0808"), now), None);
        assert_eq!(Downloads::new().package(path, now), None);
    }
}
