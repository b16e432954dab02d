//! How an environment begins: a prepared sandbox gets its code, the extensions and the runtime are started, and the runtime
//! initializes itself until it asks for its first event.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use freehold_machine::sandbox::{Bind, Furnish, News, Sandbox, Sandboxes, Sockets, Start};

use super::exchange::Initialized;
use super::{Environment, Fault};
use crate::api;
use crate::contract::Credentials;
use crate::logs::platform::{Line, Phase, Status};
use crate::logs::{Spool, Stream, pipe};
use crate::revisions::Loaded;
use crate::spec::{Interface, Network};
use crate::telemetry::Kind;
use crate::variables;

/// *Developer Guide, Lambda execution environment lifecycle: Init phase*.
pub const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Of programs, in [`News`].
pub const RUNTIME: u32 = 0;

/// Everything that an environment is made of.
pub struct Birth<'a> {
    pub loaded: Arc<Loaded>,
    pub sandboxes: &'a Sandboxes,
    pub sandbox: Sandbox,
    pub spool: Arc<Spool>,
    pub endpoint: Arc<crate::endpoint::Endpoint>,
    pub credentials: Option<&'a Credentials>,
    pub is_provisioned: bool,
    /// What the sandboxes' `/tmp` has.
    pub usual_tmp_mib: u32,
}

/// An environment whose runtime has been started.
pub struct Begun {
    pub environment: Arc<Environment>,
    began: Instant,
}

impl Birth<'_> {
    /// Starts the runtime. Fails only if the host does.
    pub async fn begin(self) -> freehold_machine::Result<Begun> {
        let began = Instant::now();
        let Birth { loaded, sandboxes, sandbox, spool, endpoint, credentials, is_provisioned, usual_tmp_mib } = self;
        let revision = &loaded.revision;
        let tmp = match revision.tmp_mib {
            usual if usual == usual_tmp_mib => None,
            other => Some(sandboxes.tmp(other).await?),
        };
        if let Some(interface) = one_of(&revision.network) {
            sandboxes.join(&sandbox, interface).await?;
        }
        sandbox.limit_memory(u64::from(revision.memory_mib))?;
        let mut binds = vec![Bind { from: loaded.code.clone(), to: "/var/task".into() }];
        binds.extend(loaded.runtime.binds());
        sandbox.furnish(&Furnish {
            binds,
            merged: Some((loaded.layers.clone(), PathBuf::from("/opt"))),
            tmp: tmp.as_ref().map(|tmp| tmp.device().to_owned()),
            links: loaded.runtime.links(|directory| loaded.layers.iter().any(|layer| layer.join(directory).is_dir())),
        })?;
        let stream = Stream::new(&revision.account, &revision.logging.group, stream_name(&revision.version), spool);
        let (sockets, names) = (sandbox.take_sockets(), sandbox.resolver());
        let environment = Arc::new(Environment::new(Arc::clone(&loaded), sandbox, stream, credentials, is_provisioned));
        let kind = environment.kind();
        environment.log(&Line::InitStart { runtime: &loaded.runtime.version(), kind });
        // What is written from here on is shown to whoever waits for the initialization.
        environment.stream.begin();
        if let Some(Sockets { listeners, resolver }) = sockets {
            let mut listeners = listeners.into_iter();
            if let Some(api) = listeners.next() {
                environment.keep(api::serve(&environment, api)?);
            }
            for region in listeners {
                environment.keep(endpoint.serve(region)?);
            }
            environment.keep(crate::resolver::serve(resolver, names)?);
        }
        if loaded.extensions.is_empty() {
            environment.start_runtime(credentials)?;
            environment.watch(tmp);
        } else {
            environment.start_extensions(credentials)?;
            environment.watch(tmp);
            environment.start_runtime_later(credentials.cloned());
        }
        Ok(Begun { environment, began })
    }
}

impl Begun {
    /// Waits until the runtime is initialized, or cannot be; how long that took, in milliseconds.
    pub async fn initialize(&self, phase: Phase, timeout: Duration) -> (f64, Initialized) {
        let environment = &self.environment;
        let kind = environment.kind();
        let initialized = async {
            let outcome = environment.exchange.initialized().await;
            environment.log(&Line::InitRuntimeDone { kind, phase, status: &status_of(&outcome) });
            if matches!(outcome, Initialized::Ready) {
                environment.extensions.quiet().await;
            }
            outcome
        };
        let outcome = match tokio::time::timeout(timeout, initialized).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let fault = Fault::TimedOut { seconds: timeout.as_secs().try_into().unwrap_or(u32::MAX) };
                environment.exchange.fail(fault.clone());
                Initialized::Fault(fault)
            }
        };
        let ms = self.began.elapsed().as_secs_f64() * 1000.0;
        environment.drain();
        let status = status_of(&outcome);
        if let Initialized::Fault(fault @ (Fault::Exited(_) | Fault::OutOfMemory | Fault::NoEntrypoint(_))) = &outcome {
            let (message, error_type) = (fault.message(), fault.error_type());
            environment.log(&Line::Fault { request: "", message: &message, error_type: &error_type });
        }
        for (name, events) in environment.extensions.registrations() {
            environment.log(&Line::Extension { name: &name, events: &events, status: &status_of_extension(&outcome) });
        }
        environment.log(&Line::InitReport { kind, ms, phase, status: &status });
        environment.telemetry.close();
        (ms, outcome)
    }
}

/// The way into the VPC that an environment is to take: any, so that all take their share.
fn one_of(network: &Network) -> Option<&Interface> {
    match network {
        Network::Public => None,
        Network::Vpc { interfaces } => interfaces.get(rand::random_range(0..interfaces.len().max(1))),
    }
}

fn status_of(outcome: &Initialized) -> Status {
    match outcome {
        Initialized::Error { error_type, .. } => Status::Error(error_type.clone()),
        Initialized::Fault(Fault::TimedOut { .. }) => Status::Timeout,
        Initialized::Fault(fault) => Status::Error(fault.error_type()),
        Initialized::Ready | Initialized::NotYet => Status::Success,
    }
}

/// Extensions are ready unless one of them is why nothing else is.
fn status_of_extension(outcome: &Initialized) -> Status {
    match outcome {
        Initialized::Fault(Fault::Extension { error_type, .. }) => Status::Error(error_type.clone()),
        _ => Status::Success,
    }
}

/// *Developer Guide, Using CloudWatch Logs*: the day, the version, and a name of its own.
fn stream_name(version: &str) -> String {
    let day = jiff::Timestamp::now().strftime("%Y/%m/%d");
    format!("{day}/[{version}]{:032x}", rand::random::<u128>())
}

impl Environment {
    /// `AWS_LAMBDA_INITIALIZATION_TYPE`.
    fn kind(&self) -> &'static str {
        if self.is_provisioned { "provisioned-concurrency" } else { "on-demand" }
    }

    /// Extensions come first, each with an output of its own.
    fn start_extensions(&self, credentials: Option<&Credentials>) -> freehold_machine::Result<()> {
        let variables = variables::of_extension(&self.variables(credentials));
        for (name, number) in self.loaded.extensions.iter().zip(RUNTIME + 1..) {
            self.extensions.expect(name);
            let start = Start {
                number,
                program: std::path::Path::new("/opt/extensions").join(name),
                arguments: Vec::new(),
                environment: variables.clone(),
                directory: "/".into(),
                descriptor_variable: None,
            };
            let made = pipe(Kind::Extension, false)
                .map_err(|error| freehold_machine::Error::io("make a pipe for an extension", error));
            let (text, output) = made?;
            self.sandbox.start(start, &output, None)?;
            self.pipes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(Arc::new(text));
        }
        Ok(())
    }

    /// The runtime, when all extensions have registered.
    fn start_runtime_later(self: &Arc<Self>, credentials: Option<Credentials>) {
        let environment = Arc::clone(self);
        let task = tokio::spawn(async move {
            environment.extensions.registered().await;
            match environment.start_runtime(credentials.as_ref()) {
                Ok(()) => environment.watch_pipes(),
                Err(error) => {
                    tracing::error!(%error, "a runtime could not be started");
                    environment.exchange.fail(Fault::Ended);
                }
            }
        });
        self.keep(task.abort_handle());
    }

    fn variables<'a>(&'a self, credentials: Option<&'a Credentials>) -> variables::Of<'a> {
        variables::Of {
            revision: &self.loaded.revision,
            runtime: &self.loaded.runtime,
            log_stream: &self.stream.name,
            credentials,
            is_provisioned: self.is_provisioned,
        }
    }

    fn start_runtime(&self, credentials: Option<&Credentials>) -> freehold_machine::Result<()> {
        let loaded = &self.loaded;
        let is_file = |directories: &[PathBuf], name: &str| directories.iter().any(|one| one.join(name).is_file());
        let code = |name: &str| is_file(std::slice::from_ref(&loaded.code), name);
        let Some(command) = loaded.runtime.command(&loaded.revision, code, |name| is_file(&loaded.layers, name)) else {
            let why = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
            self.exchange.fail(Fault::NoEntrypoint(why.into()));
            return Ok(());
        };
        let of = self.variables(credentials);
        let start = Start {
            number: RUNTIME,
            program: command.program,
            arguments: command.arguments,
            environment: variables::of_runtime(&of),
            directory: "/var/task".into(),
            descriptor_variable: Some("_LAMBDA_TELEMETRY_LOG_FD".into()),
        };
        let failed = |error| freehold_machine::Error::io("make pipes for a runtime", error);
        let (text, output) = pipe(Kind::Function, false).map_err(failed)?;
        let (frames, other) = pipe(Kind::Function, true).map_err(failed)?;
        self.sandbox.start(start, &output, Some(&other))?;
        let mut pipes = self.pipes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        pipes.extend([Arc::new(text), Arc::new(frames)]);
        Ok(())
    }

    /// Follows what happens in the sandbox, and writes down what is written there.
    fn watch(self: &Arc<Self>, mut tmp: Option<freehold_machine::sandbox::Tmp>) {
        self.watch_pipes();
        let environment = Arc::clone(self);
        let task = tokio::spawn(async move {
            while let Some(news) = environment.sandbox.news().await {
                if news == News::Furnished {
                    // Its own mount holds it now.
                    drop(tmp.take());
                }
                environment.hear(news);
            }
            // Unless something has been said before.
            let fault = if environment.sandbox.memory_kills() > 0 { Fault::OutOfMemory } else { Fault::Ended };
            environment.exchange.fail(fault);
        });
        self.keep(task.abort_handle());
    }

    /// Writes down what is written, from here on.
    fn watch_pipes(self: &Arc<Self>) {
        let pipes = self.pipes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        for pipe in pipes.into_iter().filter(|pipe| pipe.claim()) {
            let environment = Arc::downgrade(self);
            let task = tokio::spawn(async move {
                while pipe.ready().await {
                    let Some(environment) = environment.upgrade() else { return };
                    if !pipe.drain(|events| environment.write(pipe.kind, events)) {
                        return;
                    }
                }
            });
            self.keep(task.abort_handle());
        }
    }

    fn hear(&self, news: News) {
        match news {
            News::Ended { number: RUNTIME, end } => {
                self.is_runtime_gone.send_replace(true);
                self.exchange.fail(Fault::of_end(end, self.sandbox.memory_kills() > 0));
            }
            News::NotStarted { number: RUNTIME, code, reason } => {
                self.is_runtime_gone.send_replace(true);
                self.exchange.fail(Fault::NoEntrypoint(not_started(&self.loaded.revision.handler, code, &reason)));
            }
            News::Ended { number, end } => self.lose_extension(number, &crate::environment::fault::end_text(end)),
            News::NotStarted { number, reason, .. } => self.lose_extension(number, &reason),
            News::Failed { reason } => {
                tracing::error!(function = self.loaded.revision.function, reason, "a sandbox failed");
                self.exchange.fail(Fault::Ended);
            }
            _ => {}
        }
    }
}

impl Environment {
    fn lose_extension(&self, number: u32, how: &str) {
        let Some(name) = self.loaded.extensions.get((number - RUNTIME - 1) as usize) else { return };
        self.extensions.lose(name);
        if !self.is_ending.load(std::sync::atomic::Ordering::Relaxed) {
            let message = format!("extension {name}: {how}");
            self.exchange.fail(Fault::Extension { error_type: "Extension.Crash".into(), message });
        }
    }
}

/// As Go writes it.
fn not_started(_handler: &str, code: Option<i32>, reason: &str) -> String {
    // ENOENT, ENOEXEC, EACCES.
    let why = match code {
        Some(2) => "no such file or directory",
        Some(8) => "exec format error",
        Some(13) => "permission denied",
        _ => reason,
    };
    format!("fork/exec /var/task/bootstrap: {why}")
}
