//! Finding service, operation and protocol, and what an answer looks like.

use freehold_wire::server::Support;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::{Answer, Running, Unsigned};

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[tokio::test]
async fn a_query_operation_is_answered_as_aws_answers() {
    let region = Running::start().await;
    let answer = region.send(&Unsigned::query("sts", IDENTITY).sign()).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
    assert!(answer.body.contains("<Account>111122223333</Account>"), "{}", answer.body);
    assert!(answer.head.contains("\r\ncontent-type: text/xml"), "{}", answer.head);
    assert!(answer.head.contains("\r\ndate: "));
    assert!(!answer.head.contains("\r\nserver: "));
    let id = answer.head.lines().find_map(|line| line.strip_prefix("x-amzn-requestid: ")).unwrap();
    assert_eq!(id.len(), 36);
    assert!(answer.body.contains(id));
}

#[tokio::test]
async fn a_query_operation_may_come_in_the_query_string() {
    let region = Running::start().await;
    let get = Unsigned {
        method: "GET",
        target: format!("/?{IDENTITY}"),
        body: String::new(),
        headers: vec![],
        ..Unsigned::query("sts", "")
    };
    let answer = region.send(&get.sign()).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
}

#[tokio::test]
async fn a_json_operation_is_found_by_its_target() {
    let region = Running::start().await;
    let request = Unsigned::json("ssm", "AmazonSSM.GetParameter", r#"{"Name":"/a"}"#);
    let answer = region.send(&request.sign()).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
    assert!(answer.body.contains(r#""Value":"eu-north-1""#), "{}", answer.body);
    assert!(answer.head.contains("content-type: application/x-amz-json-1.1"), "{}", answer.head);
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let region = Running::start().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(Unsigned::query("sts", IDENTITY).sign().as_bytes()).await.unwrap();
        assert_eq!(Answer::read(&mut stream).await.status, 200);
    }
}

#[tokio::test]
async fn unknown_operations_are_refused_by_name_and_counted() {
    let region = Running::start().await;
    let send = async |body: &str| region.send(&Unsigned::query("sts", body).sign()).await;
    let missing = send("Action=GetFederationToken&Version=2011-06-15").await;
    missing.assert_error(400, "InvalidAction");
    assert!(missing.body.contains("GetFederationToken"), "{}", missing.body);
    send("Action=MakeCoffee&Version=2011-06-15").await.assert_error(400, "InvalidAction");
    send("Action=MakeCoffee&Version=2011-06-15").await.assert_error(400, "InvalidAction");
    let json = Unsigned::json("ssm", "AmazonSSM.MakeCoffee", "{}");
    assert_eq!(region.send(&json.sign()).await.status, 400);

    let counted: Vec<_> = region.metrics.called().into_iter().map(|it| (it.operation, it.support, it.calls)).collect();
    assert_eq!(
        counted,
        [
            ("MakeCoffee".to_owned(), Support::Unknown, 1),
            ("GetFederationToken".to_owned(), Support::Missing, 1),
            ("MakeCoffee".to_owned(), Support::Unknown, 2),
        ]
    );
}

#[tokio::test]
async fn a_version_that_never_was_is_refused() {
    let region = Running::start().await;
    let send = async |body: &str| region.send(&Unsigned::query("sts", body).sign()).await;
    send("Action=GetCallerIdentity&Version=2031-01-01").await.assert_error(400, "NoSuchVersion");
    send("Action=GetCallerIdentity&Version=%00").await.assert_error(400, "NoSuchVersion");
    assert_eq!(send("Action=GetCallerIdentity").await.status, 200);
}

#[tokio::test]
async fn an_operation_that_panics_is_an_internal_error_and_the_connection_lives() {
    let region = Running::start().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    let breaks = Unsigned::query("sts", "Action=GetSessionToken&Version=2011-06-15").sign();
    stream.write_all(breaks.as_bytes()).await.unwrap();
    let answer = Answer::read(&mut stream).await;
    answer.assert_error(500, "InternalError");
    assert!(!answer.body.contains("toy"), "{}", answer.body);
    stream.write_all(Unsigned::query("sts", IDENTITY).sign().as_bytes()).await.unwrap();
    assert_eq!(Answer::read(&mut stream).await.status, 200);
}

#[tokio::test]
async fn paths_of_our_own_need_no_signature() {
    let region = Running::start().await;
    let answer = region.send("POST /_freehold/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "POST 3 0"));
    assert_eq!(region.send("GET /certificate.pem HTTP/1.1\r\nhost: a\r\n\r\n").await.body, "pem");
    assert_eq!(region.send("GET /_freehold/none HTTP/1.1\r\nhost: a\r\n\r\n").await.status, 404);
}

#[tokio::test]
async fn a_server_that_ends_answers_what_it_has_begun() {
    let mut region = Running::start().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    let request = Unsigned::query("sts", IDENTITY).sign();
    let (first, second) = request.split_at(request.len() - 10);
    stream.write_all(first.as_bytes()).await.unwrap();
    // A whole call on another connection shows that the first one was accepted.
    assert_eq!(region.send(&request).await.status, 200);
    drop(region.end.take());
    stream.write_all(second.as_bytes()).await.unwrap();
    assert_eq!(Answer::read(&mut stream).await.status, 200);
    region.ended.await.unwrap();
    assert!(TcpStream::connect(region.address).await.is_err());
}
