//! Which operation of a service a request's method and path ask for.

use super::labels;
use crate::protocol::Parts;
use crate::service::ServiceModel;
use crate::sigv4::percent_decode;

/// The name of the operation, whether Freehold has it or not.
pub fn find(model: &ServiceModel, parts: &Parts<'_>) -> Option<&'static str> {
    let own = model.operations.iter().map(|operation| (operation.name, operation.http_method, operation.http_uri));
    let others = model.unsupported_routes.iter().map(|route| (route.name, route.http_method, route.http_uri));
    own.chain(others)
        .filter(|(_, method, uri)| parts.method == *method && fits(uri, parts))
        .max_by(|(_, _, left), (_, _, right)| labels::compare(left, right))
        .map(|(name, _, _)| name)
}

/// Whether the service has any operation of this method and path.
pub fn is_route(model: &ServiceModel, parts: &Parts<'_>) -> bool {
    find(model, parts).is_some()
}

fn fits(uri: &str, parts: &Parts<'_>) -> bool {
    labels::matched(labels::path_of(uri), parts.path).is_some()
        && labels::query_of(uri).all(|(name, value)| has_pair(parts.query, name, value))
}

fn has_pair(query: &str, name: &str, value: &str) -> bool {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.any(|(found, text)| found == name && percent_decode(text) == value)
}
