//! What is stored.

mod certificate;
mod key_algorithm;
mod private_key;

pub(crate) use certificate::{Certificate, Facts, Origin, Validation};
pub(crate) use key_algorithm::KeyAlgorithm;
pub(crate) use private_key::PrivateKey;
