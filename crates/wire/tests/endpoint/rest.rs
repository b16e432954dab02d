//! REST with JSON over a connection: found by path, signed or not, and answered piece by piece.

use std::sync::Arc;

use bytes::Bytes;
use freehold_wire::protocol::{Event, Events, events};
use freehold_wire::schema::{Schema, Unit};
use freehold_wire::service::{OperationModel, Protocol, ServiceModel, UnsupportedRoute};
use freehold_wire::{Call, Error, Operation, Service};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Running, Unsigned};

struct Watch;

static NOTHING: Schema = Schema::structure("Nothing", &[]);
static OPERATIONS: [OperationModel; 1] = [OperationModel {
    name: "Watch",
    http_method: "GET",
    http_uri: "/toys/{Name}/watch",
    http_status: 200,
    input: &NOTHING,
    output: &NOTHING,
    result_wrapper: "",
}];
static MODEL: ServiceModel = ServiceModel {
    id: "toys",
    signing_name: "toys",
    api_version: "2026-01-01",
    protocols: &[Protocol::RestJson],
    target_prefix: "",
    query_compatible: false,
    path_member: "",
    missing: "",
    invalid: "",
    error_detail: false,
    xml_namespace: "",
    operations: &OPERATIONS,
    unsupported: &["Break"],
    unsupported_routes: &[UnsupportedRoute { name: "Break", http_method: "DELETE", http_uri: "/toys/{Name}" }],
    errors: &[],
};

impl Operation for Watch {
    type Input = Unit;
    type Output = Unit;
    const MODEL: &'static OperationModel = &OPERATIONS[0];
}

async fn watch(_: Arc<()>, _: Call, _: Unit) -> Result<(Unit, Events), Error> {
    let (sender, stream) = events(1);
    tokio::spawn(async move {
        for piece in ["one", "two"] {
            sender.send(Event::bytes("Piece", Bytes::from_static(piece.as_bytes()))).await.unwrap();
        }
    });
    Ok((Unit, stream))
}

async fn region() -> Running {
    Running::with(|server| server.service(Service::new(&MODEL).on_stream(Watch, &Arc::new(()), watch))).await
}

fn rest(method: &'static str, target: &str) -> Unsigned {
    Unsigned { method, target: target.into(), headers: vec![], body: String::new(), ..Unsigned::query("toys", "") }
}

#[tokio::test]
async fn events_are_answered_one_after_the_other() {
    let region = region().await;
    let mut stream = TcpStream::connect(region.address).await.unwrap();
    let signed = rest("GET", "/toys/a%2Fb/watch").sign().replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
    stream.write_all(signed.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(text.starts_with("http/1.1 200 ok\r\n"), "{text}");
    assert!(text.contains("content-type: application/vnd.amazon.eventstream\r\n"), "{text}");
    assert!(text.contains("transfer-encoding: chunked\r\n"), "{text}");
    let (one, two) = (text.find("one").unwrap(), text.find("two").unwrap());
    assert!(one < two && text[one..two].contains(":event-type"), "{text}");
}

#[tokio::test]
async fn what_is_not_there_is_refused_by_name_and_signatures_are_asked_for() {
    let region = region().await;
    let refused = region.send(&rest("DELETE", "/toys/a").sign()).await;
    assert_eq!(refused.status, 404);
    assert!(refused.body.contains("Freehold does not have Break yet."), "{}", refused.body);
    assert!(refused.head.contains("x-amzn-errortype: unknownoperationexception"), "{}", refused.head);
    let unsigned = region.send("GET /toys/a/watch HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(unsigned.status, 403);
    assert!(unsigned.head.contains("x-amzn-errortype: missingauthenticationtokenexception"), "{}", unsigned.head);
}
