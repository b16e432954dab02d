//! One request, as an operation sees it besides its input.

use freehold_core::Principal;

/// Who calls what, and under which request id.
#[derive(Debug, Clone)]
pub struct Call {
    /// A UUID; the answer carries it.
    pub request_id: String,
    pub principal: Principal,
    /// The region of the credential scope.
    pub region: String,
    /// The operation's name in the model: `RunInstances`.
    pub operation: &'static str,
    /// How the client reached the region, for answers that name an address: `http://127.0.0.1:4566`.
    pub endpoint: String,
    /// Address of the client's end of the connection.
    pub source_ip: std::net::IpAddr,
    /// The header `X-Amzn-Trace-Id`, by which services hand on what a call is a consequence of (*X-Ray developer guide,
    /// Tracing header*). Whoever calls may have written anything there.
    pub trace: Option<String>,
}

impl Call {
    /// The account that the call acts in.
    pub fn account(&self) -> &str {
        &self.principal.account
    }
}
