//! What a client may cost.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, Running, Unsigned};

#[tokio::test]
async fn a_body_past_the_services_limit_is_refused_before_it_is_read() {
    let region = Running::start().await;
    let head = Unsigned::query("sts", "").sign().replace("content-length: 0", "content-length: 1048577");
    region.send(&head).await.assert_error(413, "RequestEntityTooLarge");
    let within = Unsigned::json("ssm", "AmazonSSM.GetParameter", &format!("{{\"Name\":\"{}\"}}", "n".repeat(2 << 20)));
    let answer = region.send(&within.sign()).await;
    // Two mebibytes are within this service's limit, and beyond that of a name.
    assert_eq!(answer.status, 400, "{}", answer.head);
    assert!(answer.body.contains("ValidationException"), "{}", answer.body);
}

#[tokio::test]
async fn a_chunked_body_cannot_grow_past_the_limit() {
    let region = Running::start().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    let head = Unsigned::query("sts", "").sign().replace("content-length: 0", "transfer-encoding: chunked");
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(1 << 16));
    for _ in 0..17 {
        // The server may have answered and hung up already.
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    Answer::read(&mut stream).await.assert_error(413, "RequestEntityTooLarge");
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let region = Running::start().await;
    let head = Unsigned::query("sts", "").sign().replace("content-length: 0", "content-length: 10");
    region.send(&head).await.assert_error(408, "RequestTimeout");
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let region = Running::start().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx: ").await.unwrap();
    let some = vec![b'x'; 16 << 10];
    let mut sent = 0;
    // A server that took it all would take it for ever.
    while sent < 64 << 20 && stream.write_all(&some).await.is_ok() {
        sent += some.len();
    }
    assert!(sent < 64 << 20);
    let mut answer = Vec::new();
    // The kernel may throw the answer away with what was not read.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
}
