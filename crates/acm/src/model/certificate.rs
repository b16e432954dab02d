//! Certificates.

use freehold_core::tags::Tags;
use freehold_store::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::KeyAlgorithm;

/// A certificate, and what was read in it when it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Certificate {
    /// Its ARN, which is its id too.
    pub arn: String,
    pub account: String,
    pub origin: Origin,
    /// PEM, with a line break at its end.
    pub body: String,
    /// PEM: who signed it, and who signed that.
    pub chain: Option<String>,
    pub facts: Facts,
    pub tags: Tags,
    pub created: Timestamp,
    /// When it was issued, or imported last.
    pub made: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    Imported,
    /// By the region's authority.
    Issued {
        validations: Vec<Validation>,
        /// *CertificateTransparencyLoggingPreference*, as it was set. No log takes certificates of a private authority.
        logging: bool,
    },
}

/// How a name would have been validated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validation {
    pub name: String,
    /// The domain in which somebody would be asked.
    pub domain: String,
    /// `DNS` or `EMAIL`
    pub method: String,
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// `0a:1b:…`
    pub serial: String,
    /// `CN=example.com`
    pub subject: String,
    /// The authority's common name, or its organisation.
    pub issuer: String,
    /// The first of them is what the certificate is called.
    pub names: Vec<String>,
    pub key_algorithm: KeyAlgorithm,
    /// `SHA256WITHRSA`
    pub signature_algorithm: String,
    /// `DIGITAL_SIGNATURE`
    pub key_usages: Vec<String>,
    /// Names (`TLS_WEB_SERVER_AUTHENTICATION`) with their OIDs.
    pub extended_key_usages: Vec<(String, String)>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Facts {
    pub fn domain_name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

impl Certificate {
    /// *CertificateStatus*: what was issued or imported is good until its time is over.
    pub fn status(&self, now: Timestamp) -> &'static str {
        if self.facts.not_after < now { "EXPIRED" } else { "ISSUED" }
    }

    pub fn is_imported(&self) -> bool {
        self.origin == Origin::Imported
    }
}

impl Document for Certificate {
    const KIND: &'static str = "acm.certificate";

    fn id(&self) -> &str {
        &self.arn
    }

    fn account(&self) -> &str {
        &self.account
    }
}
