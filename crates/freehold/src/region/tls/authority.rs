//! The region's authority at the service of Certificate Manager.

use std::io;

use freehold_acm::Signed;
use rcgen::{CertificateParams, KeyPair};

use super::files::{Files, pem};
use super::make;
use crate::data_dir::DataDir;

/// Reads the authority anew for each certificate: it may have been replaced.
#[derive(Debug)]
pub struct RegionAuthority(Files);

impl RegionAuthority {
    pub fn new(data: &DataDir) -> Self {
        Self(Files::new(data.tls()))
    }
}

impl freehold_acm::Authority for RegionAuthority {
    fn sign(&self, params: &CertificateParams, key: &KeyPair) -> io::Result<Signed> {
        let (private, certificate) = self.0.authority()?;
        let authority = make::Authority::load(&private, certificate)?;
        Ok(Signed {
            certificate: pem("CERTIFICATE", &authority.issue(params, key)?),
            authority: pem("CERTIFICATE", authority.certificate()),
        })
    }
}
