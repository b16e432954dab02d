//! The environment variables of a function (*Developer Guide, Using Lambda environment variables: Defined runtime
//! environment variables*).

use std::collections::BTreeMap;

use crate::contract::Credentials;
use crate::runtimes::{Found, Kind};
use crate::spec::{LogFormat, Revision};

/// Where the Runtime API listens, inside.
pub const RUNTIME_API_PORT: u16 = 9001;
/// Where the region's API listens, inside: the port that it has on a host where nothing else was said.
pub const ENDPOINT_PORT: u16 = 4566;

/// The function may change these.
const CHANGEABLE: [&str; 7] = ["LANG", "LD_LIBRARY_PATH", "NODE_PATH", "PATH", "PYTHONPATH", "TZ", "AWS_ENDPOINT_URL"];

/// What an environment has besides its revision.
pub struct Of<'a> {
    pub revision: &'a Revision,
    pub runtime: &'a Found,
    pub log_stream: &'a str,
    pub credentials: Option<&'a Credentials>,
    pub is_provisioned: bool,
}

/// Of the runtime's process. Sorted, so that the same environment gives the same list.
pub fn of_runtime(of: &Of<'_>) -> Vec<(String, String)> {
    let mut all: BTreeMap<String, String> = CHANGEABLE
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), changeable(name, of)?)))
        .chain(of.revision.environment.clone())
        .collect();
    all.extend(fixed(of).into_iter().map(|(name, value)| (name.to_owned(), value)));
    all.into_iter().collect()
}

/// Of an extension's process, which is not the function (*Developer Guide, Lambda Extensions API*).
pub fn of_extension(of: &Of<'_>) -> Vec<(String, String)> {
    const HIDDEN: [&str; 6] = [
        "_HANDLER",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    ];
    of_runtime(of).into_iter().filter(|(name, _)| !HIDDEN.contains(&name.as_str())).collect()
}

fn changeable(name: &str, of: &Of<'_>) -> Option<String> {
    let version = of.runtime.name.trim_start_matches("python");
    let major = of.runtime.name.trim_start_matches("nodejs").trim_end_matches(".x");
    Some(match name {
        "LANG" => "en_US.UTF-8".into(),
        "TZ" => ":UTC".into(),
        "PATH" => "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin".into(),
        "LD_LIBRARY_PATH" => {
            "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib".into()
        }
        "AWS_ENDPOINT_URL" => format!("http://127.0.0.1:{ENDPOINT_PORT}"),
        "PYTHONPATH" if of.runtime.kind == Kind::Python => {
            format!("/opt/python:/opt/python/lib/python{version}/site-packages:/var/runtime")
        }
        "NODE_PATH" if of.runtime.kind == Kind::Node => format!(
            "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
        ),
        _ => return None,
    })
}

fn fixed(of: &Of<'_>) -> Vec<(&'static str, String)> {
    let revision = of.revision;
    let kind = if of.is_provisioned { "provisioned-concurrency" } else { "on-demand" };
    let mut all = vec![
        ("_HANDLER", revision.handler.clone()),
        ("AWS_DEFAULT_REGION", revision.region.clone()),
        ("AWS_REGION", revision.region.clone()),
        ("AWS_LAMBDA_FUNCTION_NAME", revision.function.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", revision.memory_mib.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", revision.version.clone()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", kind.into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", revision.logging.group.clone()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", of.log_stream.into()),
        ("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{RUNTIME_API_PORT}")),
        ("LAMBDA_TASK_ROOT", "/var/task".into()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".into()),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".into()),
        ("AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1:2000".into()),
    ];
    // *Developer Guide*: OS-only runtimes do not define it.
    if of.runtime.kind != Kind::Provided {
        all.push(("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", of.runtime.name)));
    }
    if revision.logging.format == LogFormat::Json {
        all.push(("AWS_LAMBDA_LOG_FORMAT", "JSON".into()));
        let level = revision.logging.application_level.clone();
        all.push(("AWS_LAMBDA_LOG_LEVEL", level.unwrap_or_else(|| "INFO".into())));
    } else {
        all.push(("AWS_LAMBDA_LOG_FORMAT", "Text".into()));
    }
    if let Some(keys) = of.credentials {
        all.push(("AWS_ACCESS_KEY", keys.access_key_id.clone()));
        all.push(("AWS_ACCESS_KEY_ID", keys.access_key_id.clone()));
        all.push(("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.clone()));
        all.push(("AWS_SESSION_TOKEN", keys.session_token.clone()));
    }
    all
}
