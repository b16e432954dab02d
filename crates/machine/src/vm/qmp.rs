//! QEMU's control protocol: a line of JSON each way. A connection is short: connect, negotiate, ask, leave.
//! QEMU serves one client at a time; another waits in the socket's queue.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::driver::{Error, Result};

/// A VMM that does not answer within this is taken as stuck.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What QEMU may say.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Said once, when it has time for us.
    Greeting,
    /// The answer to a command.
    Return(Value),
    /// A command was refused.
    Failed(String),
    /// Something happened: `SHUTDOWN`, `RESET`, `STOP`, …
    Event(String),
}

/// Reads one line of the protocol.
pub fn parse(line: &str) -> Result<Message> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Line {
        Event {
            event: String,
        },
        Failed {
            error: Failure,
        },
        Greeting {
            #[serde(rename = "QMP")]
            _greeting: Value,
        },
        // Last: any object that has it. `return` may be null or empty.
        Return {
            #[serde(rename = "return")]
            value: Value,
        },
    }
    #[derive(Deserialize)]
    struct Failure {
        desc: String,
    }
    match serde_json::from_str(line) {
        Ok(Line::Event { event }) => Ok(Message::Event(event)),
        Ok(Line::Failed { error }) => Ok(Message::Failed(error.desc)),
        Ok(Line::Greeting { .. }) => Ok(Message::Greeting),
        Ok(Line::Return { value }) => Ok(Message::Return(value)),
        Err(error) => Err(failed(format!("unreadable answer: {error}"))),
    }
}

/// One command as it is sent.
fn command(name: &str, arguments: &Value) -> String {
    let mut line = match arguments {
        Value::Null => json!({ "execute": name }),
        arguments => json!({ "execute": name, "arguments": arguments }),
    }
    .to_string();
    line.push('\n');
    line
}

/// A negotiated connection.
pub struct Client {
    lines: Lines<BufReader<OwnedReadHalf>>,
    to: OwnedWriteHalf,
}

impl Client {
    /// Connects and negotiates. Fails if nobody listens, or QEMU does not answer in time.
    pub async fn connect(socket: &Path) -> Result<Self> {
        in_time(async {
            let stream = connect_unix(socket).await.map_err(|source| Error::io("connecting to QEMU", source))?;
            let (from, to) = stream.into_split();
            let mut client = Self { lines: BufReader::new(from).lines(), to };
            while client.receive().await? != Message::Greeting {}
            client.run("qmp_capabilities", &Value::Null).await?;
            Ok(client)
        })
        .await
    }

    /// Runs a command and returns its answer. Events that arrive meanwhile are dropped: whoever needs the
    /// state asks for it.
    pub async fn execute(&mut self, name: &str, arguments: Value) -> Result<Value> {
        in_time(self.run(name, &arguments)).await
    }

    async fn run(&mut self, name: &str, arguments: &Value) -> Result<Value> {
        self.to
            .write_all(command(name, arguments).as_bytes())
            .await
            .map_err(|source| Error::io("writing to QEMU", source))?;
        loop {
            match self.receive().await? {
                Message::Return(value) => return Ok(value),
                Message::Failed(why) => return Err(failed(format!("{name}: {why}"))),
                Message::Greeting | Message::Event(_) => {}
            }
        }
    }

    async fn receive(&mut self) -> Result<Message> {
        match self.lines.next_line().await {
            Ok(Some(line)) => parse(&line),
            Ok(None) => Err(failed("it ended the connection")),
            Err(source) => Err(Error::io("reading from QEMU", source)),
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(TIMEOUT, work).await.unwrap_or_else(|_| Err(failed("it does not answer")))
}

/// A socket's address holds 108 bytes, a data directory's path may be longer: go through a descriptor.
async fn connect_unix(socket: &Path) -> std::io::Result<UnixStream> {
    use std::os::fd::AsRawFd as _;
    let (Some(parent), Some(name)) = (socket.parent(), socket.file_name()) else {
        return UnixStream::connect(socket).await;
    };
    let directory = std::fs::File::open(parent)?;
    let short = format!("/proc/self/fd/{}", directory.as_raw_fd());
    UnixStream::connect(Path::new(&short).join(name)).await
}

fn failed(detail: impl Into<String>) -> Error {
    Error::Program { program: "qemu-system-x86_64", detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_of_line_is_told_apart() {
        let greeting = r#"{"QMP": {"version": {"qemu": {"micro": 22}}, "capabilities": ["oob"]}}"#;
        assert_eq!(parse(greeting).unwrap(), Message::Greeting);
        assert_eq!(parse(r#"{"return": {}}"#).unwrap(), Message::Return(json!({})));
        assert_eq!(
            parse(r#"{"return": {"status": "running"}}"#).unwrap(),
            Message::Return(json!({"status": "running"}))
        );
        assert_eq!(
            parse(r#"{"error": {"class": "GenericError", "desc": "no"}}"#).unwrap(),
            Message::Failed("no".into())
        );
        let event = r#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true}}"#;
        assert_eq!(parse(event).unwrap(), Message::Event("SHUTDOWN".into()));
        assert!(parse("{}").is_err());
    }

    #[test]
    fn a_command_is_one_line() {
        assert_eq!(command("stop", &Value::Null), "{\"execute\":\"stop\"}\n");
        assert_eq!(command("x", &json!({"a": "b\nc"})).matches('\n').count(), 1);
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line in ".{0,200}") {
            let _ = parse(&line);
        }
    }
}
