//! A function that does what its event says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Asks the Runtime API over one connection.
struct Api(BufReader<TcpStream>);

impl Api {
    fn open() -> Self {
        let stream = TcpStream::connect(std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap()).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    /// Headers in lower case, and the body.
    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> (Vec<String>, Vec<u8>) {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n", body.len());
        let mut request = head.into_bytes();
        request.extend_from_slice(body);
        self.0.get_mut().write_all(&request).unwrap();
        let (mut lines, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let line = line.to_owned();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            lines.push(line);
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (lines, body)
    }
}

fn header<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

pub fn run() {
    match std::env::var("AT_INIT").as_deref() {
        Ok("exit") => std::process::exit(3),
        Ok("sleep") => std::thread::sleep(std::time::Duration::from_secs(3600)),
        Ok("error") => {
            let body = br#"{"errorMessage":"no luck","errorType":"Init.NoLuck"}"#;
            let kind = "lambda-runtime-function-error-type: Init.NoLuck\r\n";
            Api::open().ask("POST", "/2018-06-01/runtime/init/error", kind, body);
            std::process::exit(1);
        }
        _ => {}
    }
    let mut api = Api::open();
    let mut count = 0u32;
    loop {
        let (head, event) = api.ask("GET", "/2018-06-01/runtime/invocation/next", "", b"");
        count += 1;
        let id = header(&head, "lambda-runtime-aws-request-id").unwrap().to_owned();
        let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
        if event["do"] == "stream" {
            stream(&id, event["pieces"].as_u64().unwrap());
            continue;
        }
        match answer(&event, &head, count) {
            Ok(body) => {
                api.ask("POST", &format!("/2018-06-01/runtime/invocation/{id}/response"), "", &body);
            }
            Err(text) => {
                let body = serde_json::json!({"errorMessage": text, "errorType": "Boom"}).to_string();
                let path = format!("/2018-06-01/runtime/invocation/{id}/error");
                api.ask("POST", &path, "lambda-runtime-function-error-type: Boom\r\n", body.as_bytes());
            }
        }
    }
}

fn answer(event: &serde_json::Value, head: &[String], count: u32) -> Result<Vec<u8>, String> {
    let argument = || event["argument"].as_str().unwrap_or_default().to_owned();
    let text = |text: String| Ok(serde_json::to_vec(&text).unwrap());
    match event["do"].as_str().unwrap_or_default() {
        "count" => Ok(count.to_string().into_bytes()),
        "print" => {
            println!("{}", argument());
            Ok(b"null".to_vec())
        }
        "headers" => Ok(serde_json::to_vec(head).unwrap()),
        "variables" => Ok(serde_json::to_vec(&std::env::vars().collect::<std::collections::BTreeMap<_, _>>()).unwrap()),
        "sleep" => {
            std::thread::sleep(std::time::Duration::from_millis(event["ms"].as_u64().unwrap()));
            Ok(b"null".to_vec())
        }
        "exit" => std::process::exit(event["code"].as_i64().unwrap() as i32),
        "raise" => Err(argument()),
        "large" => Ok(vec![b'1'; event["bytes"].as_u64().unwrap() as usize]),
        "memory" => {
            let mut held = Vec::new();
            loop {
                held.push(vec![1u8; 1 << 20]);
            }
        }
        "fill" => {
            let mut file = std::fs::File::create(argument()).unwrap();
            let piece = vec![7u8; 1 << 20];
            for mib in 0..event["mib"].as_u64().unwrap() {
                if let Err(error) = file.write_all(&piece) {
                    return text(format!("{mib} {error}"));
                }
            }
            text("all".into())
        }
        "read" => text(std::fs::read_to_string(argument()).unwrap_or_else(|error| error.to_string())),
        "write" => text(std::fs::write(argument(), "x").map_or_else(|error| error.to_string(), |()| "written".into())),
        "list" => {
            let entries = std::fs::read_dir(argument()).map_err(|error| error.to_string())?;
            let names: Vec<_> = entries.flatten().map(|entry| entry.file_name().into_string().unwrap()).collect();
            Ok(serde_json::to_vec(&names).unwrap())
        }
        "connect" => {
            let address: std::net::SocketAddr = argument().parse().unwrap();
            let tried = TcpStream::connect_timeout(&address, std::time::Duration::from_secs(1));
            text(tried.map_or_else(|error| error.to_string(), |_| "connected".into()))
        }
        "fork" => {
            let mut children = Vec::new();
            let refused = loop {
                match std::process::Command::new("/bin/sleep").arg("60").spawn() {
                    Ok(child) => children.push(child),
                    Err(error) => break error.to_string(),
                }
            };
            let count = children.len();
            for mut child in children {
                let _ = child.kill();
                let _ = child.wait();
            }
            text(format!("{count} {refused}"))
        }
        "shell" => {
            let done = std::process::Command::new("/bin/sh").args(["-c", &argument()]).output();
            let done = done.map_err(|error| error.to_string())?;
            text(String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr))
        }
        _ => Ok(serde_json::to_vec(event).unwrap()),
    }
}

/// A response in pieces, over a connection of its own.
fn stream(id: &str, pieces: u64) {
    let mut stream = TcpStream::connect(std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap()).unwrap();
    let path = format!("/2018-06-01/runtime/invocation/{id}/response");
    let head = "host: x\r\ncontent-type: text/plain\r\nlambda-runtime-function-response-mode: streaming\r\n\
                transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    write!(stream, "POST {path} HTTP/1.1\r\n{head}").unwrap();
    for piece in 0..pieces {
        let text = format!("piece {piece}\n");
        write!(stream, "{:x}\r\n{text}\r\n", text.len()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    write!(stream, "0\r\n\r\n").unwrap();
    stream.read_to_string(&mut String::new()).unwrap();
}

/// An extension that says what it is told.
pub fn watch() {
    let mut api = Api::open();
    let body = br#"{"events":["INVOKE","SHUTDOWN"]}"#;
    let (head, _) = api.ask("POST", "/2020-01-01/extension/register", "lambda-extension-name: watcher\r\n", body);
    let id = header(&head, "lambda-extension-identifier").unwrap().to_owned();
    loop {
        let own = format!("lambda-extension-identifier: {id}\r\n");
        let (_, event) = api.ask("GET", "/2020-01-01/extension/event/next", &own, b"");
        let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
        let part = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        println!("watcher {} {}{}", part("eventType"), part("requestId"), part("shutdownReason"));
        if event["eventType"] == "SHUTDOWN" {
            return;
        }
    }
}
