//! A server with toy operations, and a client that signs with the `aws-sigv4` crate and shows the answer whole.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use aws_credential_types::Credentials as PeerCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use freehold_api::{iam, ssm, sts};
use freehold_core::{Arn, Clock, ManualClock, Principal, PrincipalKind};
use freehold_wire::schema::Unit;
use freehold_wire::server::{
    Authenticator, Authorisation, Builder, Credentials, Denied, Limits, Metrics, PlainRequest, PlainResponse, Route,
    Server,
};
use freehold_wire::{Call, Error, Service};
use jiff::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub const KEY: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW: &str = "2026-03-01T12:00:00Z";

/// Knows one key for good, and one whose time is over.
struct Keys;

impl Authenticator for Keys {
    fn credentials(&self, access_key_id: &str) -> Option<Arc<Credentials>> {
        let is_over = access_key_id == "ASIDENDED";
        (is_over || access_key_id == KEY).then(|| {
            Arc::new(Credentials {
                secret_access_key: SECRET.into(),
                session_token: is_over.then(|| "token".into()),
                expires: None,
                principal: Principal {
                    account: "111122223333".into(),
                    arn: Arn::root("111122223333"),
                    user_id: "111122223333".into(),
                    kind: PrincipalKind::Root,
                    access_key_id: access_key_id.into(),
                },
            })
        })
    }

    fn has_ended(&self, credentials: &Credentials) -> bool {
        credentials.session_token.is_some()
    }

    fn authorise(&self, question: &Authorisation<'_>) -> Result<(), Denied> {
        if question.call.operation != "DeleteRole" {
            return Ok(());
        }
        Err(Denied {
            principal: question.call.principal.arn.to_string(),
            action: "iam:DeleteRole".into(),
            resource: "*".into(),
            explicit: true,
            policy: "identity-based",
        })
    }
}

struct Echo;

#[async_trait]
impl Route for Echo {
    fn path(&self) -> &str {
        "/_freehold/echo"
    }

    async fn handle(&self, request: PlainRequest, _: SocketAddr, metrics: &Metrics) -> PlainResponse {
        let text = format!("{} {} {}", request.method(), request.body().len(), metrics.called().len());
        PlainResponse::new(text.into())
    }
}

/// Stands where AWS has a plain file.
struct Certificate;

#[async_trait]
impl Route for Certificate {
    fn path(&self) -> &str {
        "/certificate.pem"
    }

    async fn handle(&self, _: PlainRequest, _: SocketAddr, _: &Metrics) -> PlainResponse {
        PlainResponse::new("pem".into())
    }
}

async fn get_caller_identity(
    _: Arc<()>,
    call: Call,
    _: sts::GetCallerIdentityRequest,
) -> Result<sts::GetCallerIdentityResponse, Error> {
    let account = call.account().to_owned();
    Ok(sts::GetCallerIdentityResponse { account: Some(account), ..Default::default() })
}

async fn get_session_token(
    _: Arc<()>,
    _: Call,
    _: sts::GetSessionTokenRequest,
) -> Result<sts::GetSessionTokenResponse, Error> {
    panic!("a toy that breaks")
}

async fn get_parameter(
    _: Arc<()>,
    call: Call,
    input: ssm::GetParameterRequest,
) -> Result<ssm::GetParameterResult, Error> {
    let parameter =
        ssm::Parameter { name: input.name, value: Some(call.region), arn: Some(call.endpoint), ..Default::default() };
    Ok(ssm::GetParameterResult { parameter: Some(parameter) })
}

async fn delete_role(_: Arc<()>, _: Call, _: iam::DeleteRoleRequest) -> Result<Unit, Error> {
    Ok(Unit)
}

/// Needs no signature; shows who called.
async fn get_role(_: Arc<()>, call: Call, input: iam::GetRoleRequest) -> Result<iam::GetRoleResponse, Error> {
    let description = format!("{:?} of {:?}", call.principal.kind, call.account());
    let role = iam::Role { role_name: input.role_name, description: Some(description), ..Default::default() };
    Ok(iam::GetRoleResponse { role: Some(role) })
}

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub metrics: Arc<Metrics>,
    pub end: Option<oneshot::Sender<()>>,
    pub ended: tokio::task::JoinHandle<()>,
}

impl Running {
    pub async fn start() -> Self {
        Self::with(|server| server).await
    }

    /// A server that `change` has had a word in.
    pub async fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(ManualClock::frozen(NOW.parse().unwrap())) as Arc<dyn Clock>;
        let state = Arc::new(());
        let sts = Service::new(&sts::MODEL).on(sts::op::GetCallerIdentity, &state, get_caller_identity).on(
            sts::op::GetSessionToken,
            &state,
            get_session_token,
        );
        let iam = Service::new(&iam::MODEL)
            .on(iam::op::DeleteRole, &state, delete_role)
            .on(iam::op::GetRole, &state, get_role)
            .unsigned(iam::op::GetRole);
        let limits = Limits { body_timeout: Duration::from_millis(300), ..Limits::default() };
        let builder = Server::builder("eu-north-1", Arc::new(Keys), clock)
            .service(sts)
            .service(iam)
            .service_with_bodies(Service::new(&ssm::MODEL).on(ssm::op::GetParameter, &state, get_parameter), 4 << 20)
            .route(Arc::new(Echo))
            .route(Arc::new(Certificate))
            .limits(limits);
        let server = change(builder).build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, told) = oneshot::channel::<()>();
        let metrics = server.metrics();
        let ended = tokio::spawn(async move { server.serve(listener, async { drop(told.await) }).await });
        Self { address, metrics, end: Some(end), ended }
    }

    /// Sends bytes and reads one answer.
    pub async fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        Answer::read(&mut stream).await
    }
}

/// An answer, its header names in lower case.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Self {
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let mut some = [0; 4096];
            let count = stream.read(&mut some).await.unwrap();
            bytes.extend(&some[..count]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let head = head.to_lowercase();
                let length: usize = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |length| length.parse().unwrap());
                if body.len() >= length {
                    break (head, length);
                }
            }
            assert_ne!(count, 0, "the connection ended in {text:?}");
        };
        let text = String::from_utf8(bytes).unwrap();
        let body = text.split_once("\r\n\r\n").unwrap().1[..length].to_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body }
    }

    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) {
        let codes = [format!("<Code>{code}</Code>"), format!("\"__type\":\"{code}\""), format!("#{code}\"")];
        let is_there = self.status == status && codes.iter().any(|code| self.body.contains(code));
        assert!(is_there, "expected {status} {code}, got {self:#?}");
    }
}

/// A request to sign.
#[derive(Debug, Clone)]
pub struct Unsigned {
    pub method: &'static str,
    pub target: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub key: &'static str,
    pub secret: &'static str,
    pub token: Option<&'static str>,
    pub service: &'static str,
    pub region: &'static str,
}

impl Unsigned {
    pub fn query(service: &'static str, body: &str) -> Self {
        Self {
            method: "POST",
            target: "/".into(),
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".into())],
            body: body.into(),
            key: KEY,
            secret: SECRET,
            token: None,
            service,
            region: "eu-north-1",
        }
    }

    pub fn json(service: &'static str, target: &str, body: &str) -> Self {
        let headers = vec![("content-type", "application/x-amz-json-1.1".into()), ("x-amz-target", target.to_owned())];
        Self { headers, ..Self::query(service, body) }
    }

    /// The request as it goes over the wire.
    pub fn sign(&self) -> String {
        let identity = PeerCredentials::new(self.key, self.secret, self.token.map(str::to_owned), None, "test").into();
        let now: Timestamp = NOW.parse().unwrap();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(UNIX_EPOCH + Duration::from_secs(now.as_second().try_into().unwrap()))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let mut headers = vec![("host", "127.0.0.1".to_owned())];
        headers.extend(self.headers.clone());
        let borrowed = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let url = format!("http://127.0.0.1{}", self.target);
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signable = SignableRequest::new(self.method, url, borrowed, body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let (added, _) = instructions.into_parts();
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        for header in added {
            text.push_str(&format!("{}: {}\r\n", header.name(), header.value()));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body));
        text
    }
}
