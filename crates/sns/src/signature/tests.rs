use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use freehold_store::{MemoryStore, SharedStore};
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use sha1::Sha1;

use super::*;

const NOTIFICATION: Fields<'_> = Fields {
    message: "My Test Message",
    message_id: "4d4dc071-ddbf-465d-bba8-08f81c89da64",
    timestamp: "2012-06-05T04:37:04.321Z",
    topic_arn: "arn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P",
    subject: Subject::Notification(Some("My subject")),
};

const CONFIRMATION: Fields<'_> = Fields {
    message: "You have chosen to subscribe",
    message_id: "3d891288-136d-417f-bc05-901c108273ee",
    timestamp: "2024-01-03T19:25:57.719Z",
    topic_arn: "arn:aws:sns:us-west-2:123456789012:MyTopic",
    subject: Subject::Subscribed(Confirmation {
        subscribe_url: "https://sns/?Action=ConfirmSubscription",
        token: "2336",
    }),
};

#[test]
fn the_fields_are_signed_in_the_order_that_the_guide_shows() {
    assert_eq!(
        NOTIFICATION.to_sign(),
        "Message\nMy Test Message\nMessageId\n4d4dc071-ddbf-465d-bba8-08f81c89da64\nSubject\nMy subject\n\
         Timestamp\n2012-06-05T04:37:04.321Z\n\
         TopicArn\narn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P\nType\nNotification\n"
    );
    let bare = Fields { subject: Subject::Notification(None), ..NOTIFICATION };
    assert!(!bare.to_sign().contains("Subject"));
    let confirmed = "Message\nYou have chosen to subscribe\nMessageId\n3d891288-136d-417f-bc05-901c108273ee\n\
         SubscribeURL\nhttps://sns/?Action=ConfirmSubscription\nTimestamp\n2024-01-03T19:25:57.719Z\nToken\n2336\n\
         TopicArn\narn:aws:sns:us-west-2:123456789012:MyTopic\nType\n";
    assert_eq!(CONFIRMATION.to_sign(), format!("{confirmed}SubscriptionConfirmation\n"));
    let Subject::Subscribed(confirmation) = CONFIRMATION.subject else { unreachable!() };
    let ended = Fields { subject: Subject::Unsubscribed(confirmation), ..CONFIRMATION };
    assert_eq!(ended.to_sign(), format!("{confirmed}UnsubscribeConfirmation\n"));
}

/// Asks OpenSSL whether a signature is the certificate's, in a directory of its own.
fn openssl_verifies(certificate: &str, digest: &str, text: &str, signature: &[u8]) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let certificate = file("certificate.pem", certificate.as_bytes());
    let public = Command::new("openssl").args(["x509", "-noout", "-pubkey", "-in"]).arg(certificate).output().unwrap();
    let (public, signature) = (file("public.pem", &public.stdout), file("signature", signature));
    let mut verify = Command::new("openssl")
        .args(["dgst", digest, "-verify"])
        .args([public.as_path(), "-signature".as_ref(), &signature])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    verify.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    verify.wait().unwrap().success()
}

// One test for all that needs a key: making one takes a while.
#[tokio::test]
async fn the_certificate_verifies_what_is_signed() {
    let store: SharedStore = Arc::new(MemoryStore::new("us-east-1"));
    // Two that come at once get the same key, and so does who comes later.
    let (first, second) = tokio::join!(Signer::load_or_make(&store), Signer::load_or_make(&store));
    let (first, second) = (first.unwrap(), second.unwrap());
    let later = Signer::load_or_make(&store).await.unwrap();
    let path = first.certificate_path();
    assert_eq!([second.certificate_path(), later.certificate_path()], [path.clone(), path.clone()]);
    let id = path.strip_prefix("/SimpleNotificationService-").and_then(|rest| rest.strip_suffix(".pem")).unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(first.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));

    for fields in [NOTIFICATION, CONFIRMATION] {
        let text = fields.to_sign();
        let sha1 = STANDARD.decode(first.sign(Version::One, &fields).unwrap()).unwrap();
        let sha256 = STANDARD.decode(later.sign(Version::Two, &fields).unwrap()).unwrap();
        let public = VerifyingKey::<Sha1>::new(second.with_sha1.as_ref().to_public_key());
        public.verify(text.as_bytes(), &Signature::try_from(&*sha1).unwrap()).unwrap();
        let public = ring::signature::UnparsedPublicKey::new(
            &ring::signature::RSA_PKCS1_2048_8192_SHA256,
            second.with_sha256.public(),
        );
        public.verify(text.as_bytes(), &sha256).unwrap();
        public.verify(text.as_bytes(), &sha1).unwrap_err();
        if Command::new("openssl").arg("version").output().is_ok() {
            let certificate = first.certificate_pem();
            assert!(openssl_verifies(certificate, "-sha1", &text, &sha1));
            assert!(openssl_verifies(certificate, "-sha256", &text, &sha256));
            assert!(!openssl_verifies(certificate, "-sha256", &text[1..], &sha256));
        }
    }
}

#[test]
fn versions_are_one_and_two() {
    for version in [Version::One, Version::Two] {
        assert_eq!(Version::parse(version.as_str()), Some(version));
    }
    assert_eq!(Version::parse("3"), None);
}
