//! Errors that no model has, because every service has them. Services that once spoke the query protocol and now prefer JSON
//! give them the status that they had, the name that JSON knows them by in the body, and their old code in a header.

use crate::Fault;
use crate::service::ErrorModel;

/// Whose shapes these are.
pub const NAMESPACE: &str = "com.amazon.coral.service";

const fn common(shape: &'static str, query_code: &'static str, status: u16) -> ErrorModel {
    ErrorModel { shape, query_code, status, fault: Fault::Sender, members: &[] }
}

/// *API references, Common error types*, by both of their names.
pub static ERRORS: [ErrorModel; 11] = [
    common("AccessDeniedException", "AccessDenied", 403),
    common("ExpiredTokenException", "ExpiredToken", 403),
    common("IncompleteSignatureException", "IncompleteSignature", 400),
    common("InvalidParameterValueException", "InvalidParameterValue", 400),
    common("InvalidSignatureException", "SignatureDoesNotMatch", 403),
    common("MissingAuthenticationTokenException", "MissingAuthenticationToken", 403),
    common("MissingRequiredParameterException", "MissingParameter", 400),
    common("SerializationException", "MalformedInput", 400),
    common("UnknownOperationException", "InvalidAction", 400),
    common("UnrecognizedClientException", "InvalidClientTokenId", 403),
    common("ValidationException", "ValidationError", 400),
];
