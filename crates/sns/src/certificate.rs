//! The certificate by which signatures are verified, where messages say that it is.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use freehold_wire::server::{Metrics, PlainRequest, PlainResponse, Route};
use http::{HeaderValue, Method, Response, StatusCode, header};

use crate::Sns;
use crate::signature::CERTIFICATE_PATH_PREFIX;

/// `GET /SimpleNotificationService-….pem`
pub struct CertificateRoute(pub Arc<Sns>);

#[async_trait]
impl Route for CertificateRoute {
    fn path(&self) -> &str {
        CERTIFICATE_PATH_PREFIX
    }

    /// Its number is known when the key is made.
    fn answers(&self, path: &str) -> bool {
        path.starts_with(CERTIFICATE_PATH_PREFIX)
    }

    async fn handle(&self, request: PlainRequest, _: SocketAddr, _: &Metrics) -> PlainResponse {
        let found = match self.0.signer().await {
            Ok(signer) if signer.certificate_path() == request.uri().path() => Ok(signer.certificate_pem().to_owned()),
            Ok(_) => Err(StatusCode::NOT_FOUND),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let found = found.and_then(|pem| match *request.method() {
            Method::GET | Method::HEAD => Ok(pem),
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        });
        let (status, body) = found.map_or_else(|status| (status, String::new()), |pem| (StatusCode::OK, pem));
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let kind = HeaderValue::from_static("application/x-pem-file");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
