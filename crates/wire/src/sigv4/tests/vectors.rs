//! AWS's published test suite.

use serde::Deserialize;

use super::super::{canonical, payload, verify};
use super::{Claim, Owned, Rules};

#[derive(Deserialize)]
struct Suite {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    normalize: bool,
    omit_session_token: bool,
    secret: String,
    token: Option<String>,
    header: Form,
    query: Form,
}

#[derive(Deserialize)]
struct Form {
    request: String,
    canonical_request: String,
    string_to_sign: String,
    signature: String,
}

fn suite() -> Vec<Vector> {
    serde_json::from_str::<Suite>(include_str!("../vectors/aws-signing-test-suite.json")).unwrap().vectors
}

fn check(vector: &Vector, form: &Form) {
    let name = &vector.name;
    let owned = Owned::parse(&form.request);
    let request = owned.borrow();
    let claim = Claim::read(&request).unwrap();
    let rules = Rules { normalise_path: vector.normalize, ..Rules::default() };
    let payload = payload::line(&request, claim.form, false).unwrap();
    let canonical = canonical::request(&request, &claim, &payload, rules.normalise_path);
    assert_eq!(canonical, form.canonical_request, "canonical request of {name}");
    assert_eq!(verify::string_to_sign(&claim, &canonical), form.string_to_sign, "string to sign of {name}");
    assert_eq!(hex::encode(claim.signature), form.signature, "signature of {name}");
    let now = "2015-08-30T12:40:00Z".parse().unwrap();
    assert_eq!(owned.verify(&vector.secret, vector.token.as_deref(), now, rules), Ok(()), "{name}");
    assert!(owned.verify("another secret", vector.token.as_deref(), now, rules).is_err(), "{name}");
}

#[test]
fn every_vector_in_header_form_is_accepted() {
    let suite = suite();
    assert_eq!(suite.len(), 38);
    for vector in &suite {
        check(vector, &vector.header);
    }
}

#[test]
fn every_vector_in_presigned_form_is_accepted() {
    // One vector leaves the session token out of the canonical query, which IoT's broker alone accepts.
    for vector in suite().iter().filter(|vector| !vector.omit_session_token) {
        check(vector, &vector.query);
    }
}
