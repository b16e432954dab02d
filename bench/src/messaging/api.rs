//! The calls of the load, as signed requests: in AWS JSON, as today's SDKs speak to SQS, or in the older query protocol
//! for peers that know only that. SNS has the query protocol alone.

use std::fmt::Write;
use std::net::SocketAddr;

use anyhow::Result;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;

use super::http::Link;
use super::sign::{Scope, Signer};

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const JSON: &str = "application/x-amz-json-1.0";

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How a server is spoken to about queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    #[default]
    Json,
    Query,
}

/// One server, and how to speak to it.
pub struct Api {
    pub server: SocketAddr,
    pub dialect: Dialect,
    host: String,
    signer: Signer,
}

impl Api {
    pub fn new(server: SocketAddr, dialect: Dialect) -> Self {
        Self { server, dialect, host: server.to_string(), signer: Signer::default() }
    }

    pub async fn link(&self) -> Result<Link> {
        Link::open(self.server).await
    }

    /// A signed POST.
    fn post(&self, service: &'static str, kind: &str, target: Option<&str>, body: &str) -> Vec<u8> {
        let scope = Scope { service, host: &self.host, content_type: kind, target };
        let signed = self.signer.headers(&scope, body.as_bytes());
        let mut request = String::with_capacity(512 + body.len());
        let _ = write!(request, "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: {kind}\r\n", self.host);
        if let Some(target) = target {
            let _ = write!(request, "x-amz-target: {target}\r\n");
        }
        let _ = write!(request, "{signed}content-length: {}\r\n\r\n{body}", body.len());
        request.into_bytes()
    }

    /// A call of SQS. `json` is the body in AWS JSON, `query` the parameters of the same call.
    fn sqs(&self, action: &str, json: impl FnOnce() -> String, query: impl FnOnce(&mut Form)) -> Vec<u8> {
        match self.dialect {
            Dialect::Json => self.post("sqs", JSON, Some(&format!("AmazonSQS.{action}")), &json()),
            Dialect::Query => {
                let mut form = Form::of(action, "2012-11-05");
                query(&mut form);
                self.post("sqs", FORM, None, &form.text)
            }
        }
    }

    pub fn list_queues(&self) -> Vec<u8> {
        self.sqs("ListQueues", || "{}".to_owned(), |_| ())
    }

    pub fn create_queue(&self, name: &str) -> Vec<u8> {
        self.sqs("CreateQueue", || json!({ "QueueName": name }).to_string(), |form| form.add("QueueName", name))
    }

    pub fn delete_queue(&self, queue: &str) -> Vec<u8> {
        self.sqs("DeleteQueue", || json!({ "QueueUrl": queue }).to_string(), |form| form.add("QueueUrl", queue))
    }

    pub fn queue_arn(&self, queue: &str) -> Vec<u8> {
        let json = || json!({ "QueueUrl": queue, "AttributeNames": ["QueueArn"] }).to_string();
        self.sqs("GetQueueAttributes", json, |form| {
            form.add("QueueUrl", queue);
            form.add("AttributeName.1", "QueueArn");
        })
    }

    /// Lets topics send to a queue, as AWS wants it.
    pub fn allow_topic(&self, queue: &str, queue_arn: &str, topic: &str) -> Vec<u8> {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": { "ArnEquals": { "aws:SourceArn": topic } },
        }]});
        let policy = policy.to_string();
        let json = || json!({ "QueueUrl": queue, "Attributes": { "Policy": &policy } }).to_string();
        self.sqs("SetQueueAttributes", json, |form| {
            form.add("QueueUrl", queue);
            form.add("Attribute.1.Name", "Policy");
            form.add("Attribute.1.Value", &policy);
        })
    }

    pub fn send(&self, queue: &str, message: &str) -> Vec<u8> {
        let json = || format!(r#"{{"QueueUrl":"{queue}","MessageBody":"{message}"}}"#);
        self.sqs("SendMessage", json, |form| {
            form.add("QueueUrl", queue);
            form.add("MessageBody", message);
        })
    }

    pub fn send_batch(&self, queue: &str, messages: &[String]) -> Vec<u8> {
        let json = || {
            let mut body = format!(r#"{{"QueueUrl":"{queue}","Entries":["#);
            for (index, message) in messages.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let _ = write!(body, r#"{comma}{{"Id":"{index}","MessageBody":"{message}"}}"#);
            }
            body.push_str("]}");
            body
        };
        self.sqs("SendMessageBatch", json, |form| {
            form.add("QueueUrl", queue);
            for (index, message) in messages.iter().enumerate() {
                let entry = format!("SendMessageBatchRequestEntry.{}", index + 1);
                form.add(&format!("{entry}.Id"), &index.to_string());
                form.add(&format!("{entry}.MessageBody"), message);
            }
        })
    }

    /// `wait`: seconds of long polling.
    pub fn receive(&self, queue: &str, most: usize, wait: u64) -> Vec<u8> {
        let json = || format!(r#"{{"QueueUrl":"{queue}","MaxNumberOfMessages":{most},"WaitTimeSeconds":{wait}}}"#);
        self.sqs("ReceiveMessage", json, |form| {
            form.add("QueueUrl", queue);
            form.add("MaxNumberOfMessages", &most.to_string());
            form.add("WaitTimeSeconds", &wait.to_string());
        })
    }

    pub fn delete(&self, queue: &str, receipt: &str) -> Vec<u8> {
        let json = || json!({ "QueueUrl": queue, "ReceiptHandle": receipt }).to_string();
        self.sqs("DeleteMessage", json, |form| {
            form.add("QueueUrl", queue);
            form.add("ReceiptHandle", receipt);
        })
    }

    pub fn delete_batch(&self, queue: &str, receipts: &[String]) -> Vec<u8> {
        let json = || {
            let entry =
                |(index, receipt): (usize, &String)| json!({ "Id": index.to_string(), "ReceiptHandle": receipt });
            let entries: Vec<_> = receipts.iter().enumerate().map(entry).collect();
            json!({ "QueueUrl": queue, "Entries": entries }).to_string()
        };
        self.sqs("DeleteMessageBatch", json, |form| {
            form.add("QueueUrl", queue);
            for (index, receipt) in receipts.iter().enumerate() {
                let entry = format!("DeleteMessageBatchRequestEntry.{}", index + 1);
                form.add(&format!("{entry}.Id"), &index.to_string());
                form.add(&format!("{entry}.ReceiptHandle"), receipt);
            }
        })
    }

    fn sns(&self, action: &str, parameters: &[(&str, &str)]) -> Vec<u8> {
        let mut form = Form::of(action, "2010-03-31");
        for (name, value) in parameters {
            form.add(name, value);
        }
        self.post("sns", FORM, None, &form.text)
    }

    pub fn create_topic(&self, name: &str) -> Vec<u8> {
        self.sns("CreateTopic", &[("Name", name)])
    }

    pub fn delete_topic(&self, topic: &str) -> Vec<u8> {
        self.sns("DeleteTopic", &[("TopicArn", topic)])
    }

    /// Subscribes a queue, which gets the messages as they were published.
    pub fn subscribe(&self, topic: &str, queue_arn: &str) -> Vec<u8> {
        let raw = [("Attributes.entry.1.key", "RawMessageDelivery"), ("Attributes.entry.1.value", "true")];
        let asked = [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", queue_arn), raw[0], raw[1]];
        self.sns("Subscribe", &asked)
    }

    pub fn publish(&self, topic: &str, message: &str) -> Vec<u8> {
        self.sns("Publish", &[("TopicArn", topic), ("Message", message)])
    }
}

/// Parameters of the query protocol.
struct Form {
    text: String,
}

impl Form {
    fn of(action: &str, version: &str) -> Self {
        Self { text: format!("Action={action}&Version={version}") }
    }

    fn add(&mut self, name: &str, value: &str) {
        let _ = write!(self.text, "&{name}={}", utf8_percent_encode(value, ESCAPED));
    }
}
