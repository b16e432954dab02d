//! A function in Rust on AWS's own runtime crate, as a user would write it: it answers with what it was given and what
//! it was told about itself. Tests and the bench upload it as `bootstrap` of `provided.al2023`.

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
