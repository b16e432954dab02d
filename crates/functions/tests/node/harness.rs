//! Runs scenes one after the other, each with a node of its own as a process of its own.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use freehold_functions::client::{Done, Invoke, Node};
use freehold_functions::layout::Layout;
use freehold_functions::node::Options;
use freehold_functions::spec::{LogFormat, Logging, Network, Revision};

pub type Scene = (&'static str, fn(Region) -> Pin<Box<dyn Future<Output = ()>>>);

/// The node's process.
pub fn node(data_dir: &str) {
    let own = std::env::current_exe().unwrap();
    let mut options = Options::new(data_dir.into(), (own, vec!["forker".into()]));
    // Long enough for all that a scene does between two invocations.
    options.idle = Duration::from_secs(8);
    freehold_functions::node::run(options).unwrap();
}

pub fn run(scenes: &[Scene], only: Option<&str>) {
    if !rustix::process::geteuid().is_root() {
        println!("SKIPPED: sandboxes need root");
        println!("test result: ok. 0 passed; 0 failed; {} ignored", scenes.len());
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (mut passed, mut failed) = (0, 0);
    for (name, scene) in scenes.iter().filter(|(name, _)| only.is_none_or(|only| name.contains(only))) {
        let began = Instant::now();
        let done = std::panic::catch_unwind(|| runtime.block_on(scene(Region::new())));
        let word = if done.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {word} ({} ms)", began.elapsed().as_millis());
        if done.is_ok() { passed += 1 } else { failed += 1 }
    }
    println!("test result: {}. {passed} passed; {failed} failed", if failed == 0 { "ok" } else { "FAILED" });
    if failed > 0 {
        std::process::exit(1);
    }
}

/// A data directory with a node.
pub struct Region {
    pub place: tempfile::TempDir,
    pub layout: Layout,
    pub node: Node,
    process: Child,
    count: std::cell::Cell<u32>,
}

impl Region {
    fn new() -> Self {
        let place = tempfile::Builder::new().prefix("freehold-functions-").tempdir().unwrap();
        // Nobody but root, like a region's own.
        std::fs::set_permissions(place.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let layout = Layout::new(place.path());
        let process = start(place.path());
        let node = Node::new(&layout);
        Self { place, layout, node, process, count: std::cell::Cell::new(0) }
    }

    pub async fn ready(&self) {
        until("the node answers", async || self.node.status().await.is_ok()).await;
    }

    /// Kills the node, and starts another.
    pub async fn restart(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = start(self.place.path());
        self.node = Node::new(&self.layout);
        self.ready().await;
    }

    /// Writes a revision whose `bootstrap` is this program.
    pub fn revision(&self, change: impl FnOnce(&mut Revision)) -> String {
        let mut revision = revision();
        change(&mut revision);
        let id = format!("rev-{}", self.count.replace(self.count.get() + 1));
        let draft = self.layout.revisions().join(format!(".{id}"));
        std::fs::create_dir_all(draft.join("code")).unwrap();
        if revision.runtime.starts_with("provided") && revision.handler != "missing" {
            let own = std::env::current_exe().unwrap();
            let target = draft.join("code/bootstrap");
            std::fs::hard_link(&own, &target).or_else(|_| std::fs::copy(&own, &target).map(drop)).unwrap();
        }
        std::fs::write(draft.join("spec.json"), serde_json::to_vec(&revision).unwrap()).unwrap();
        std::fs::rename(draft, self.layout.revision(&id)).unwrap();
        id
    }

    /// A layer with this program as a file of that name.
    pub fn layer(&self, id: &str, name: &str) -> PathBuf {
        let file = self.layout.layers().join(id).join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::copy(std::env::current_exe().unwrap(), file).unwrap();
        self.layout.layers().join(id)
    }

    pub fn write_code(&self, id: &str, name: &str, text: &str) {
        std::fs::write(self.layout.code(id).join(name), text).unwrap();
    }

    pub async fn invoke(&self, id: &str, event: serde_json::Value) -> Done {
        self.node.invoke(id, invoke(event)).await.unwrap()
    }

    /// The payload as JSON.
    pub async fn ask(&self, id: &str, event: serde_json::Value) -> serde_json::Value {
        let done = self.invoke(id, event).await;
        serde_json::from_slice(&done.payload).unwrap_or_else(|_| panic!("{done:?}"))
    }

    pub async fn log(&self) -> Vec<String> {
        let batch = self.node.logs(0, Duration::ZERO).await.unwrap();
        batch.lines.into_iter().map(|line| line.message).collect()
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.process.wait();
        freehold_functions::launch::end(self.place.path()).unwrap();
        if std::thread::panicking() {
            return;
        }
        let tag = tag(self.place.path());
        let left = left(&tag);
        assert!(left.is_empty(), "left on the host: {left:?}");
    }
}

fn tag(data: &Path) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(data.to_string_lossy().as_bytes());
    hex::encode(digest)[..5].to_owned()
}

fn left(tag: &str) -> Vec<PathBuf> {
    let hierarchies = std::fs::read_dir("/sys/fs/cgroup").unwrap().flatten();
    let groups = hierarchies.flat_map(|root| std::fs::read_dir(root.path().join("freehold")).into_iter().flatten());
    groups.flatten().map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(tag)).collect()
}

fn start(data: &Path) -> Child {
    let own = std::env::current_exe().unwrap();
    Command::new(own).arg("node").arg(data).spawn().unwrap()
}

pub fn invoke(event: serde_json::Value) -> Invoke {
    Invoke {
        request_id: format!("{:08x}-0000-4000-8000-000000000000", rand::random::<u32>()),
        invoked_arn: "arn:aws:lambda:us-east-1:000000000000:function:f:live".into(),
        wants_tail: true,
        payload: event.to_string().into(),
        ..Invoke::default()
    }
}

pub fn tail(done: &Done) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.decode(done.report.log_tail.as_ref().unwrap()).unwrap();
    String::from_utf8(text).unwrap()
}

fn revision() -> Revision {
    Revision {
        account: "000000000000".into(),
        region: "us-east-1".into(),
        function: "f".into(),
        arn: "arn:aws:lambda:us-east-1:000000000000:function:f".into(),
        version: "$LATEST".into(),
        runtime: "provided.al2023".into(),
        handler: "app.handler".into(),
        layers: Vec::new(),
        environment: Default::default(),
        memory_mib: 128,
        tmp_mib: 512,
        timeout_seconds: 3,
        logging: Logging {
            group: "/aws/lambda/f".into(),
            format: LogFormat::Text,
            application_level: None,
            system_level: None,
        },
        network: Network::Public,
        is_traced: false,
    }
}

pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A network namespace beside the host, at 198.51.100.2.
pub struct World(String);

impl World {
    pub fn new() -> Self {
        let name = format!("fhworld{}", std::process::id());
        let link = format!("fhw{}", std::process::id());
        for command in [
            format!("netns add {name}"),
            format!("link add {link} type veth peer name eth0 netns {name}"),
            format!("addr add 198.51.100.1/24 dev {link}"),
            format!("link set {link} up"),
            format!("-n {name} addr add 198.51.100.2/24 dev eth0"),
            format!("-n {name} link set eth0 up"),
        ] {
            assert!(Command::new("ip").args(command.split(' ')).status().unwrap().success(), "ip {command}");
        }
        Self(name)
    }

    /// Takes one connection to port 7000; who it came from.
    pub fn accept(&self) -> std::thread::JoinHandle<String> {
        let path = format!("/run/netns/{}", self.0);
        let (told, ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            use std::os::fd::AsFd;
            let namespace = std::fs::File::open(path).unwrap();
            rustix::thread::move_into_link_name_space(namespace.as_fd(), None).unwrap();
            let listener = std::net::TcpListener::bind("0.0.0.0:7000").unwrap();
            told.send(()).unwrap();
            listener.accept().unwrap().1.ip().to_string()
        });
        ready.recv().unwrap();
        thread
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}
