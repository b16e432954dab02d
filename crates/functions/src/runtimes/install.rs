//! Brings AWS's runtime interface clients onto this host, from the registries that they are published in and by those
//! registries' own programs. It is the only step of functions that needs a network, and one that the operator asks for.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Found, Kind, interpreters};

/// The versions that this was tested with.
const PYTHON_CLIENT: &str = "awslambdaric==4.2.2";
const NODE_CLIENT: &str = "aws-lambda-ric@4.0.2";
/// The last one for versions before 22.
const OLD_NODE_CLIENT: &str = "aws-lambda-ric@3.3.0";
/// AWS's runtimes have its SDK, and functions are written for that (*Developer guide, Lambda runtimes*): all of it for Python,
/// and for Node.js the clients of what the region has. They ask for Node.js 20 at least.
const PYTHON_SDK: [&str; 1] = ["boto3==1.44.5"];
const NODE_SDK: [&str; 18] = [
    "@aws-sdk/client-acm@3.1169.0",
    "@aws-sdk/client-auto-scaling@3.1169.0",
    "@aws-sdk/client-cloudwatch@3.1164.0",
    "@aws-sdk/client-cloudwatch-logs@3.1169.0",
    "@aws-sdk/client-cost-explorer@3.1138.0",
    "@aws-sdk/client-ec2@3.1169.0",
    "@aws-sdk/client-elastic-load-balancing@3.1075.0",
    "@aws-sdk/client-elastic-load-balancing-v2@3.1142.0",
    "@aws-sdk/client-eventbridge@3.1169.0",
    "@aws-sdk/client-iam@3.1169.0",
    "@aws-sdk/client-lambda@3.1164.0",
    "@aws-sdk/client-pricing@3.1133.0",
    "@aws-sdk/client-savingsplans@3.1075.0",
    "@aws-sdk/client-scheduler@3.1169.0",
    "@aws-sdk/client-sns@3.1169.0",
    "@aws-sdk/client-sqs@3.1175.0",
    "@aws-sdk/client-ssm@3.1169.0",
    "@aws-sdk/client-sts@3.1177.0",
];
const NODE_OF_SDK: u32 = 20;
/// What starts it, and what takes the place of its native library.
const NODE_FILES: [(&str, &str); 2] =
    [("index.mjs", include_str!("node/index.mjs")), ("rapid-client.mjs", include_str!("node/rapid-client.mjs"))];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no interpreter for {0} on this host")]
    NoInterpreter(String),
    #[error("{program} failed: {detail}")]
    Program { program: &'static str, detail: String },
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

/// Installs the client for every interpreter of this host, or those of these runtimes, below that directory. Says what it
/// does as it goes.
pub fn install(into: &Path, only: &[String], mut say: impl FnMut(&str)) -> Result<Vec<String>, Error> {
    let found = interpreters();
    if let Some(missing) = only.iter().find(|wanted| found.iter().all(|found| found.name != **wanted)) {
        return Err(Error::NoInterpreter(missing.clone()));
    }
    let mut installed = Vec::new();
    for found in found.iter().filter(|found| only.is_empty() || only.contains(&found.name)) {
        say(&format!("{} ({})", found.name, found.program.display()));
        install_one(into, found, &mut say)?;
        installed.push(found.name.clone());
    }
    Ok(installed)
}

/// Whole or not at all: a directory that is there is a client that works.
fn install_one(into: &Path, found: &Found, say: &mut impl FnMut(&str)) -> Result<(), Error> {
    let io = |what: &Path| {
        let what = what.display().to_string();
        move |error| Error::Io(what, error)
    };
    let (target, draft) = (into.join(&found.name), into.join(format!(".{}", found.name)));
    let _ = fs::remove_dir_all(&draft);
    fs::create_dir_all(&draft).map_err(io(&draft))?;
    match found.kind {
        Kind::Provided => {}
        Kind::Python => python(found, &draft, say)?,
        Kind::Node => node(found, &draft, say)?,
    }
    let _ = fs::remove_dir_all(&target);
    fs::rename(&draft, &target).map_err(io(&target))
}

/// The wheel for that version of Python, whichever one runs pip: not all of a host's interpreters have it.
fn python(found: &Found, target: &Path, say: &mut impl FnMut(&str)) -> Result<(), Error> {
    let version = found.name.trim_start_matches("python");
    let platform = format!("manylinux2014_{}", std::env::consts::ARCH);
    let pip = |packages: &[&str]| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
        pip.args(["--implementation", "cp", "--only-binary=:all:", "--python-version", version]);
        pip.args(["--platform", &platform, "--target"]).arg(target).args(packages);
        run("pip", &mut pip)
    };
    pip(&[PYTHON_CLIENT])?;
    without_sdk(found, pip(&PYTHON_SDK), say);
    // Functions cannot write beside it, so it is compiled here, for whatever time its files carry.
    let mut compile = Command::new(&found.program);
    compile.args(["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]).arg(target);
    run("python", &mut compile)
}

fn node(found: &Found, target: &Path, say: &mut impl FnMut(&str)) -> Result<(), Error> {
    let major: u32 = found.name.trim_start_matches("nodejs").trim_end_matches(".x").parse().unwrap_or(0);
    let npm = |packages: &[&str]| {
        let mut npm = Command::new("npm");
        // Its scripts would compile the native library.
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev", "--prefix"]);
        run("npm", npm.arg(target).args(packages))
    };
    npm(&[if major < 22 { OLD_NODE_CLIENT } else { NODE_CLIENT }])?;
    if major >= NODE_OF_SDK {
        without_sdk(found, npm(&NODE_SDK), say);
    }
    let package = target.join("node_modules/aws-lambda-ric");
    let place = if major < 22 { package.join("dist") } else { package };
    // Only to be found: it is never loaded.
    let files = NODE_FILES.map(|(name, text)| (target.join(name), text)).into_iter();
    for (path, text) in files.chain([(place.join("rapid-client.node"), "")]) {
        fs::write(&path, text).map_err(|error| Error::Io(path.display().to_string(), error))?;
    }
    Ok(())
}

/// A function that brings its own runs all the same.
fn without_sdk(found: &Found, installed: Result<(), Error>, say: &mut impl FnMut(&str)) {
    if let Err(error) = installed {
        say(&format!("{} without AWS's SDK: {error}", found.name));
    }
}

fn run(program: &'static str, command: &mut Command) -> Result<(), Error> {
    let failed = |detail: String| Error::Program { program, detail };
    let done = command.stdin(Stdio::null()).output().map_err(|error| failed(error.to_string()))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let last: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(failed(last.iter().rev().take(3).rev().copied().collect::<Vec<_>>().join("; ")))
}
