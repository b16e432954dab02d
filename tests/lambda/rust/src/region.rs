//! A call to the region that the function runs in, at the address and with the credentials that its environment names.

use std::env::var;

use hmac::{Hmac, Mac};
use lambda_runtime::Error;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONTENT: &str = "application/x-amz-json-1.0";
const SIGNED: &str = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";

/// An operation of SQS: the answer's status and body.
pub async fn sqs(operation: &str, input: &Value) -> Result<Value, Error> {
    let endpoint = var("AWS_ENDPOINT_URL")?;
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let (region, token) = (var("AWS_REGION")?, var("AWS_SESSION_TOKEN")?);
    let body = input.to_string();
    let date = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let target = format!("AmazonSQS.{operation}");
    let headers = format!(
        "content-type:{CONTENT}\nhost:{host}\nx-amz-date:{date}\nx-amz-security-token:{token}\nx-amz-target:{target}\n"
    );
    let request = format!("POST\n/\n\n{headers}\n{SIGNED}\n{}", hex::encode(Sha256::digest(&body)));
    let scope = format!("{}/{region}/sqs/aws4_request", &date[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(request)));
    let mut key = format!("AWS4{}", var("AWS_SECRET_ACCESS_KEY")?).into_bytes();
    for part in scope.split('/') {
        key = sign(&key, part)?;
    }
    let signature = hex::encode(sign(&key, &text)?);
    let credential = format!("{}/{scope}", var("AWS_ACCESS_KEY_ID")?);
    let headers = headers.replace('\n', "\r\n");
    let message = format!(
        "POST / HTTP/1.1\r\n{headers}content-length: {}\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential={credential}, SignedHeaders={SIGNED}, Signature={signature}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(host).await?;
    connection.write_all(message.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let status = answer.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok()).ok_or("no answer")?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok(json!({"status": status, "body": serde_json::from_str::<Value>(body).unwrap_or(body.into())}))
}

fn sign(key: &[u8], text: &str) -> Result<Vec<u8>, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
