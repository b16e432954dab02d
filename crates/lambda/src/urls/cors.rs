//! What pages of other origins are told (*API reference, Cors*).

use freehold_wire::server::PlainResponse;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use crate::model::Cors;

/// The answer to a browser that asks before it sends.
pub(super) fn preflight(cors: &Cors, headers: &HeaderMap) -> PlainResponse {
    let mut response = Response::new(bytes::Bytes::new());
    if !mark(cors, headers, response.headers_mut()) {
        return response;
    }
    let headers = response.headers_mut();
    put(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &cors.methods.join(","));
    put(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers.join(","));
    if let Some(seconds) = cors.max_age {
        put(headers, header::ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
    }
    response
}

/// Tells a page of an origin that is let in so; whether it is.
pub(super) fn mark(cors: &Cors, request: &HeaderMap, answer: &mut HeaderMap) -> bool {
    let Some(origin) = request.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    if !cors.origins.iter().any(|allowed| allowed == "*" || allowed == origin) {
        return false;
    }
    let is_credentialed = cors.credentials == Some(true);
    let shown = if cors.origins.iter().any(|allowed| allowed == "*") && !is_credentialed { "*" } else { origin };
    put(answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, shown);
    put(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, &cors.exposed.join(","));
    if is_credentialed {
        put(answer, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    put(answer, header::VARY, "Origin");
    true
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: &'static str) -> HeaderMap {
        [(header::ORIGIN, HeaderValue::from_static(origin))].into_iter().collect()
    }

    #[test]
    fn an_origin_is_let_in_by_its_name() {
        let cors = Cors { origins: vec!["https://a.example".into()], methods: vec!["GET".into()], ..Cors::default() };
        let good = preflight(&cors, &from("https://a.example"));
        assert_eq!(good.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://a.example");
        assert_eq!(good.headers()[header::ACCESS_CONTROL_ALLOW_METHODS], "GET");
        assert!(preflight(&cors, &from("https://b.example")).headers().is_empty());
    }

    #[test]
    fn everybody_is_a_star_unless_there_are_credentials() {
        let mut cors = Cors { origins: vec!["*".into()], ..Cors::default() };
        let mut answer = HeaderMap::new();
        assert!(mark(&cors, &from("https://a.example"), &mut answer));
        assert_eq!(answer[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        cors.credentials = Some(true);
        assert!(mark(&cors, &from("https://a.example"), &mut answer));
        assert_eq!(answer[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://a.example");
    }
}
