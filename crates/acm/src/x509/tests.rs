use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ED25519,
};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::*;

struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

fn authority(name: &str) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap().der().clone();
    Authority { certificate, issuer: Issuer::new(params, key) }
}

fn signed(by: &Authority, names: &[&str]) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, names[0]);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &by.issuer).unwrap().der().clone();
    (certificate, PrivatePkcs8KeyDer::from(key.serialize_der()).into())
}

#[test]
fn a_certificate_tells_its_names_usages_and_kind_of_key() {
    let (certificate, _) = signed(&authority("Test CA"), &["b.example.com", "a.example.com"]);
    let facts = facts(&certificate).unwrap();
    assert_eq!(facts.names, ["b.example.com", "a.example.com"]);
    assert_eq!((facts.issuer.as_str(), facts.domain_name()), ("Test CA", "b.example.com"));
    assert_eq!((facts.key_algorithm, facts.signature_algorithm.as_str()), (KeyAlgorithm::P256, "SHA256WITHECDSA"));
    assert_eq!(facts.key_usages, ["DIGITAL_SIGNATURE"]);
    assert_eq!(facts.extended_key_usages[0].1, "1.3.6.1.5.5.7.3.1");
}

#[test]
fn a_key_fits_its_certificate_only() {
    let authority = authority("Test CA");
    let ((one, key), (other, _)) = (signed(&authority, &["a.example.com"]), signed(&authority, &["b.example.com"]));
    assert!(check_key(&one, &key).is_ok());
    assert!(check_key(&other, &key).is_err());
}

#[test]
fn a_chain_is_in_order_and_complete() {
    let (ours, theirs) = (authority("Ours"), authority("Theirs"));
    let (certificate, _) = signed(&ours, &["a.example.com"]);
    assert!(check_chain(&certificate, &[]).is_ok());
    assert!(check_chain(&certificate, std::slice::from_ref(&ours.certificate)).is_ok());
    assert!(check_chain(&certificate, std::slice::from_ref(&theirs.certificate)).is_err());
    assert!(check_chain(&certificate, &[theirs.certificate, ours.certificate]).is_err());
    let namesake = authority("Ours");
    assert!(check_chain(&certificate, &[namesake.certificate]).is_err());
}

#[test]
fn kinds_of_keys_that_cannot_be_served_are_refused() {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let params = CertificateParams::new(vec!["a.example.com".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    assert!(facts(&certificate).unwrap_err().to_string().contains("not supported"));
    assert!(facts(&CertificateDer::from(vec![0x30, 0x03, 1, 2, 3])).is_err());
}
