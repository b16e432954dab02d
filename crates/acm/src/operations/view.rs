//! A certificate as the API shows it.

use freehold_api::acm::{
    CertificateDetail, CertificateOptions, CertificateSummary, DomainValidation, ExtendedKeyUsage, KeyUsage,
    ResourceRecord,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::model::{Certificate, Origin, Validation};

/// *CertificateSummary: HasAdditionalSubjectAlternativeNames*: the summary has up to a hundred.
const MOST_SUMMARISED: usize = 100;

pub(super) fn detail(certificate: &Certificate, users: Vec<String>, now: Timestamp) -> CertificateDetail {
    let facts = &certificate.facts;
    let shown = CertificateDetail {
        certificate_arn: Some(certificate.arn.clone()),
        domain_name: Some(facts.domain_name().to_owned()),
        subject_alternative_names: Some(facts.names.clone()),
        serial: Some(facts.serial.clone()),
        subject: Some(facts.subject.clone()),
        issuer: Some(facts.issuer.clone()),
        created_at: Some(certificate.created),
        status: Some(certificate.status(now).to_owned()),
        not_before: Some(facts.not_before),
        not_after: Some(facts.not_after),
        key_algorithm: Some(facts.key_algorithm.shown()),
        signature_algorithm: Some(facts.signature_algorithm.clone()),
        in_use_by: Some(users),
        key_usages: Some(facts.key_usages.iter().map(|name| KeyUsage { name: Some(name.clone()) }).collect()),
        extended_key_usages: Some(facts.extended_key_usages.iter().map(extended_key_usage).collect()),
        // Nothing is renewed by itself.
        renewal_eligibility: Some("INELIGIBLE".to_owned()),
        ..Default::default()
    };
    match &certificate.origin {
        Origin::Imported => CertificateDetail {
            r#type: Some("IMPORTED".to_owned()),
            imported_at: Some(certificate.made),
            options: Some(options(false)),
            ..shown
        },
        Origin::Issued { validations, logging } => CertificateDetail {
            r#type: Some("AMAZON_ISSUED".to_owned()),
            issued_at: Some(certificate.made),
            domain_validation_options: Some(validations.iter().map(validation).collect()),
            options: Some(options(*logging)),
            ..shown
        },
    }
}

fn options(logging: bool) -> CertificateOptions {
    let preference = if logging { "ENABLED" } else { "DISABLED" };
    CertificateOptions {
        certificate_transparency_logging_preference: Some(preference.to_owned()),
        export: Some("DISABLED".to_owned()),
        ..Default::default()
    }
}

fn extended_key_usage((name, oid): &(String, String)) -> ExtendedKeyUsage {
    ExtendedKeyUsage { name: Some(name.clone()), oid: Some(oid.clone()) }
}

/// A validation that nobody had to do. Clients that would do it wait for the record, so there is one; nobody looks for it.
fn validation(validation: &Validation) -> DomainValidation {
    let is_dns = validation.method == "DNS";
    let digest = hex::encode(Sha256::digest(validation.name.as_bytes()));
    let bare = validation.name.strip_prefix("*.").unwrap_or(&validation.name);
    DomainValidation {
        domain_name: Some(validation.name.clone()),
        validation_domain: Some(validation.domain.clone()),
        validation_status: Some("SUCCESS".to_owned()),
        resource_record: is_dns.then(|| ResourceRecord {
            name: Some(format!("_{}.{bare}.", &digest[..32])),
            r#type: Some("CNAME".to_owned()),
            value: Some(format!("_{}.acm-validations.aws.", &digest[32..])),
        }),
        validation_method: Some(validation.method.clone()),
        ..Default::default()
    }
}

pub(super) fn summary(certificate: &Certificate, is_used: bool, now: Timestamp) -> CertificateSummary {
    let facts = &certificate.facts;
    let is_imported = certificate.is_imported();
    let extended = facts.extended_key_usages.iter().map(|(name, _)| name.clone());
    CertificateSummary {
        certificate_arn: Some(certificate.arn.clone()),
        domain_name: Some(facts.domain_name().to_owned()),
        subject_alternative_name_summaries: Some(facts.names.iter().take(MOST_SUMMARISED).cloned().collect()),
        has_additional_subject_alternative_names: Some(facts.names.len() > MOST_SUMMARISED),
        status: Some(certificate.status(now).to_owned()),
        r#type: Some(if is_imported { "IMPORTED" } else { "AMAZON_ISSUED" }.to_owned()),
        key_algorithm: Some(facts.key_algorithm.shown()),
        key_usages: Some(facts.key_usages.clone()),
        extended_key_usages: Some(extended.collect()),
        in_use: Some(is_used),
        renewal_eligibility: Some("INELIGIBLE".to_owned()),
        not_before: Some(facts.not_before),
        not_after: Some(facts.not_after),
        created_at: Some(certificate.created),
        issued_at: (!is_imported).then_some(certificate.made),
        imported_at: is_imported.then_some(certificate.made),
        ..Default::default()
    }
}
