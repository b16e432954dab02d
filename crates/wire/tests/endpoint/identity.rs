//! Who may call, and how the others are told.

use crate::harness::{Running, Unsigned};

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

fn sts() -> Unsigned {
    Unsigned::query("sts", IDENTITY)
}

fn ssm() -> Unsigned {
    Unsigned::json("ssm", "AmazonSSM.GetParameter", r#"{"Name":"/a"}"#)
}

#[tokio::test]
async fn requests_without_signature_are_told_so_in_their_protocol() {
    let region = Running::start().await;
    let unsigned = |request: Unsigned| {
        let text = request.sign();
        let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.starts_with("authorization")).collect();
        lines.join("\r\n")
    };
    region.send(&unsigned(sts())).await.assert_error(403, "MissingAuthenticationToken");
    region.send(&unsigned(ssm())).await.assert_error(400, "MissingAuthenticationTokenException");
    region.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.assert_error(403, "MissingAuthenticationToken");
}

#[tokio::test]
async fn unknown_keys_and_wrong_secrets_are_different_things() {
    let region = Running::start().await;
    let send = async |request: Unsigned| region.send(&request.sign()).await;
    send(Unsigned { key: "AKIDNOBODY", ..sts() }).await.assert_error(403, "InvalidClientTokenId");
    send(Unsigned { key: "AKIDNOBODY", ..ssm() }).await.assert_error(400, "UnrecognizedClientException");
    send(Unsigned { secret: "guess", ..sts() }).await.assert_error(403, "SignatureDoesNotMatch");
    send(Unsigned { secret: "guess", ..ssm() }).await.assert_error(400, "InvalidSignatureException");
    send(Unsigned { token: Some("token"), ..sts() }).await.assert_error(403, "InvalidClientTokenId");
}

#[tokio::test]
async fn credentials_whose_time_is_over_are_expired_to_their_holder_only() {
    let region = Running::start().await;
    let send = async |request: Unsigned| region.send(&request.sign()).await;
    let ended = |request| Unsigned { key: "ASIDENDED", token: Some("token"), ..request };
    send(ended(sts())).await.assert_error(403, "ExpiredToken");
    send(ended(ssm())).await.assert_error(400, "ExpiredTokenException");
    send(Unsigned { secret: "guess", ..ended(sts()) }).await.assert_error(403, "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_scope_of_another_service_or_region_is_refused() {
    let region = Running::start().await;
    let send = async |request: Unsigned| region.send(&request.sign()).await;
    let elsewhere = send(Unsigned { region: "eu-west-1", ..ssm() }).await;
    elsewhere.assert_error(400, "InvalidSignatureException");
    assert!(elsewhere.body.contains("valid region, not 'eu-west-1'"), "{}", elsewhere.body);
    send(Unsigned { service: "sts", ..ssm() }).await.assert_error(400, "InvalidSignatureException");
    // The global services are signed for us-east-1 wherever they are called from.
    assert_eq!(send(Unsigned { region: "us-east-1", ..sts() }).await.status, 200);
    let nothing = send(Unsigned { service: "polly", ..sts() }).await;
    nothing.assert_error(400, "InvalidAction");
    assert!(nothing.body.contains("polly"), "{}", nothing.body);
}

#[tokio::test]
async fn what_policy_forbids_is_access_denied() {
    let region = Running::start().await;
    let request = Unsigned::query("iam", "Action=DeleteRole&Version=2010-05-08&RoleName=reader");
    let answer = region.send(&request.sign()).await;
    answer.assert_error(403, "AccessDenied");
    assert!(
        answer.body.contains(
            "User: arn:aws:iam::111122223333:root is not authorized to perform: iam:DeleteRole on resource: * with an \
             explicit deny in an identity-based policy"
        ),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn an_operation_may_need_no_signature_when_it_is_a_link() {
    let region = Running::start().await;
    let link = "/?Action=GetRole&RoleName=reader";
    let followed = region.send(&format!("GET {link} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    assert_eq!(followed.status, 200, "{followed:#?}");
    assert!(followed.body.contains("Anonymous of &quot;&quot;"), "{}", followed.body);
    // What is signed is verified, and is somebody.
    let signed = Unsigned { method: "GET", target: link.into(), headers: vec![], ..Unsigned::query("iam", "") };
    let signed = |secret| Unsigned { region: "us-east-1", secret, ..signed.clone() };
    let answer = region.send(&signed(crate::harness::SECRET).sign()).await;
    assert!(answer.body.contains("Root of &quot;111122223333&quot;"), "{}", answer.body);
    region.send(&signed("guess").sign()).await.assert_error(403, "SignatureDoesNotMatch");
    // Its input is checked like any other, and only links are followed.
    let empty = region.send("GET /?Action=GetRole HTTP/1.1\r\nhost: a\r\n\r\n").await;
    empty.assert_error(400, "ValidationError");
    let posted = region.send(&format!("POST {link} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")).await;
    posted.assert_error(403, "MissingAuthenticationToken");
    let other = region.send("GET /?Action=DeleteRole&RoleName=reader HTTP/1.1\r\nhost: a\r\n\r\n").await;
    other.assert_error(403, "MissingAuthenticationToken");
}
