use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::ToSpan;

use super::*;

fn at(listen: &str) -> (tempfile::TempDir, DataDir, RegionIdentity) {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::new(Some(dir.path().into())).unwrap();
    let identity = RegionIdentity::prepare(&data, listen.parse().unwrap()).unwrap();
    (dir, data, identity)
}

fn read(data: &DataDir, name: &str) -> String {
    fs::read_to_string(data.tls().join(name)).unwrap()
}

#[test]
fn clients_that_trust_the_authority_accept_the_names_of_the_region() {
    let (_dir, data, identity) = at("192.0.2.7:4566");
    identity.load().unwrap();
    let chain = identity.files.chain().unwrap();
    let (_, authority) = identity.files.authority().unwrap();
    let check = |name: &str| accepts(&authority, &chain[0], &ServerName::try_from(name.to_owned()).unwrap());
    for name in [
        "localhost",
        "127.0.0.1",
        "::1",
        "192.0.2.7",
        "sns.us-east-1.amazonaws.com",
        "sqs.us-east-1.amazonaws.com",
        "ec2.us-east-1.amazonaws.com",
        "api.freehold.internal",
    ] {
        check(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for name in ["example.com", "sns.eu-west-1.amazonaws.com", "127.0.0.2"] {
        assert!(check(name).is_err(), "{name}");
    }
    for (name, mode) in [("ca.key", 0o600), ("ca.pem", 0o644), ("server.key", 0o600), ("server.pem", 0o644)] {
        assert_eq!(fs::metadata(data.tls().join(name)).unwrap().permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn what_is_there_is_used_again() {
    let (_dir, data, identity) = at("127.0.0.1:4566");
    let before = read(&data, "server.pem");
    identity.load().unwrap();
    RegionIdentity::prepare(&data, "0.0.0.0:4566".parse().unwrap()).unwrap().load().unwrap();
    assert_eq!(read(&data, "server.pem"), before);
}

#[test]
fn another_address_gets_another_certificate_of_the_same_authority() {
    let (_dir, data, _) = at("127.0.0.1:4566");
    let (server, authority) = (read(&data, "server.pem"), read(&data, "ca.pem"));
    let moved = RegionIdentity::prepare(&data, "[2001:db8::1]:4566".parse().unwrap()).unwrap();
    assert_eq!(read(&data, "server.pem"), server, "nobody has asked yet");
    moved.load().unwrap();
    assert_ne!(read(&data, "server.pem"), server);
    assert_eq!(read(&data, "ca.pem"), authority);
    assert!(moved.is_good().unwrap());
}

#[test]
fn certificates_that_are_over_or_damaged_are_renewed() {
    let (_dir, data, identity) = at("127.0.0.1:4566");
    let (key, certificate) = identity.files.authority().unwrap();
    let authority = make::Authority::load(&key, certificate).unwrap();
    let long_ago = SystemClock.now() - (24 * 801).hours();
    let old = authority.sign(&make::names(identity.listen), long_ago).unwrap();
    identity.files.write(&authority, &old).unwrap();
    assert!(!identity.is_good().unwrap());
    identity.load().unwrap();
    assert!(identity.is_good().unwrap());

    for name in ["server.pem", "server.key", "ca.key", "ca.pem"] {
        fs::write(data.tls().join(name), "damaged").unwrap();
        let lost = name.starts_with("ca.");
        if lost {
            fs::remove_file(data.tls().join("server.pem")).unwrap();
        }
        identity.load().unwrap();
        assert!(identity.is_good().unwrap(), "{name}");
    }
}
