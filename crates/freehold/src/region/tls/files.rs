//! The files of the region's TLS: `ca.pem` for clients, the rest for the region.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::Error;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Server;
use super::make::Authority;

/// Readable by all who may enter the data directory.
const PUBLIC: u32 = 0o644;
const PRIVATE: u32 = 0o600;

#[derive(Debug, Clone)]
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    pub(super) fn make_directory(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o755).create(&self.0)
    }

    /// The last one that is written is enough to look for.
    pub(super) fn are_there(&self) -> bool {
        self.0.join("server.pem").exists()
    }

    pub(super) fn authority(&self) -> io::Result<(PrivateKeyDer<'static>, CertificateDer<'static>)> {
        let key = PrivateKeyDer::from_pem_file(self.0.join("ca.key")).map_err(io::Error::other)?;
        Ok((key, CertificateDer::from_pem_file(self.0.join("ca.pem")).map_err(io::Error::other)?))
    }

    /// The server's certificate and the authority's.
    pub(super) fn chain(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let certificates = CertificateDer::pem_file_iter(self.0.join("server.pem")).and_then(Iterator::collect);
        certificates.map_err(|error| Error::General(error.to_string()))
    }

    pub(super) fn key(&self) -> Result<PrivateKeyDer<'static>, Error> {
        PrivateKeyDer::from_pem_file(self.0.join("server.key")).map_err(|error| Error::General(error.to_string()))
    }

    pub(super) fn write(&self, authority: &Authority, server: &Server) -> io::Result<()> {
        let certificate = pem("CERTIFICATE", authority.certificate());
        self.put("ca.key", PRIVATE, &pem("PRIVATE KEY", authority.key().secret_der()))?;
        self.put("ca.pem", PUBLIC, &certificate)?;
        self.put("server.key", PRIVATE, &pem("PRIVATE KEY", server.key.secret_der()))?;
        self.put("server.pem", PUBLIC, &(pem("CERTIFICATE", &server.certificate) + &certificate))
    }

    fn put(&self, name: &str, mode: u32, text: &str) -> io::Result<()> {
        let (path, draft) = (self.0.join(name), self.0.join(format!("{name}.new")));
        // Left by a crash, it might be readable by others.
        let _ = fs::remove_file(&draft);
        let mut file = OpenOptions::new().create_new(true).write(true).mode(mode).open(&draft)?;
        file.write_all(text.as_bytes())?;
        fs::rename(draft, path)
    }
}

/// RFC 7468: Base64 in lines of 64 characters.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text + "-----END " + label + "-----\n"
}
