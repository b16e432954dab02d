//! A function in Rust on AWS's own runtime crate, as a user would write it: it answers with what it was given and what
//! it was told about itself, or does what the event says. Tests and the bench upload it as `bootstrap` of
//! `provided.al2023`.

mod region;

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(answer)).await
}

async fn answer(asked: LambdaEvent<Value>) -> Result<Value, Error> {
    let LambdaEvent { payload, context } = asked;
    if let Some(complaint) = payload.get("fail").and_then(Value::as_str) {
        return Err(complaint.to_owned().into());
    }
    if let Some(what) = payload.get("do").and_then(Value::as_str) {
        return perform(what, &payload).await;
    }
    Ok(json!({
        "event": payload,
        "requestId": context.request_id,
        "arn": context.invoked_function_arn,
        "deadline": context.deadline,
        "memory": context.env_config.memory,
        "function": context.env_config.function_name,
        "version": context.env_config.version,
    }))
}

async fn perform(what: &str, payload: &Value) -> Result<Value, Error> {
    let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default();
    match what {
        "sleep" => {
            let seconds = payload.get("seconds").and_then(Value::as_f64).unwrap_or_default();
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            Ok(json!({"slept": seconds}))
        }
        "panic" => panic!("{}", text("message")),
        "files" => {
            std::fs::write("/tmp/note", text("write"))?;
            Ok(json!({
                "tmp": std::fs::read_to_string("/tmp/note")?,
                "layer": std::fs::read_to_string("/opt/note").ok(),
                "code": std::fs::write("/var/task/note", "x").err().map(|error| error.kind().to_string()),
            }))
        }
        "environment" => Ok(Value::Object(std::env::vars().map(|(name, value)| (name, value.into())).collect())),
        "send" => {
            Ok(region::sqs("SendMessage", &json!({"QueueUrl": text("queue"), "MessageBody": text("body")})).await?)
        }
        "delete" => Ok(region::sqs("DeleteQueue", &json!({"QueueUrl": text("queue")})).await?),
        other => Err(format!("no such thing to do: {other}").into()),
    }
}
