//! The SSH server: host keys made once per instance (an image made from a machine must not share them), shown
//! on the console as Amazon's images show them, and a server that is started again when it dies.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::console;

const DROPBEAR_KEY: &str = "/etc/dropbear/dropbear_ed25519_host_key";
const OPENSSH_KEY: &str = "/etc/ssh/ssh_host_ed25519_key";

/// Which server the image has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    Dropbear,
    OpenSsh,
}

impl Server {
    pub fn find() -> Option<Self> {
        let has = |path: &str| Path::new(path).exists();
        if has("/usr/sbin/sshd") {
            Some(Self::OpenSsh)
        } else if has("/usr/sbin/dropbear") {
            Some(Self::Dropbear)
        } else {
            None
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Dropbear => DROPBEAR_KEY,
            Self::OpenSsh => OPENSSH_KEY,
        }
    }

    /// Makes the host key if the instance has none, and says its fingerprint and public half.
    pub fn provide_key(self, fresh: bool) {
        let key = self.key();
        if fresh {
            remove_keys();
        }
        let mut described = String::new();
        if !Path::new(key).exists() {
            if let Some(directory) = Path::new(key).parent() {
                let _ = fs::create_dir_all(directory);
            }
            described = match self {
                Self::Dropbear => run("dropbearkey", &["-t", "ed25519", "-f", key]),
                Self::OpenSsh => run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", key]),
            };
        }
        // Dropbear's describes a key as it makes it.
        let is_described = described.contains("ssh-") && described.contains("SHA256:");
        let described = match self {
            Self::Dropbear if is_described => described,
            Self::Dropbear => run("dropbearkey", &["-y", "-f", key]),
            Self::OpenSsh => format!(
                "{}{}",
                run("ssh-keygen", &["-l", "-f", key]),
                fs::read_to_string(format!("{key}.pub")).unwrap_or_default()
            ),
        };
        show(&described);
    }

    /// Runs the server for ever.
    pub fn keep_running(self) -> ! {
        let _ = fs::create_dir_all("/run/sshd");
        loop {
            let mut command = match self {
                Self::Dropbear => {
                    let mut command = Command::new("/usr/sbin/dropbear");
                    // In the foreground, log to stderr, no passwords.
                    command.args(["-F", "-E", "-s", "-r", DROPBEAR_KEY]);
                    command
                }
                Self::OpenSsh => {
                    let mut command = Command::new("/usr/sbin/sshd");
                    command.args(["-D", "-e"]);
                    command
                }
            };
            let log = fs::OpenOptions::new().create(true).append(true).open("/var/log/ssh.log");
            command.stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(log.map_or_else(|_| Stdio::null(), Stdio::from));
            // SAFETY: a single async-signal-safe call between fork and exec. The server goes when the worker
            // does, so that the next worker's finds the port free.
            unsafe {
                command.pre_exec(|| {
                    libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
                    Ok(())
                });
            }
            match command.status() {
                Ok(status) => console::say(&format!("the SSH server ended ({status}); starting it again")),
                Err(error) => console::say(&format!("cannot start the SSH server: {error}")),
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

fn remove_keys() {
    for directory in ["/etc/dropbear", "/etc/ssh"] {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("ssh_host_") || (name.starts_with("dropbear_") && name.contains("host_key")) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).stdin(Stdio::null()).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => {
            console::say(&format!("{program}: {error}"));
            String::new()
        }
    }
}

/// Prints what a client compares before it trusts the machine (EC2 user guide, "Connect to your Linux
/// instance": the fingerprints are in the instance's console output).
fn show(described: &str) {
    let public = described.lines().find(|line| line.starts_with("ssh-"));
    let print = described.lines().find(|line| line.contains("SHA256:"));
    let mut text = String::new();
    if let Some(print) = print {
        let print = print.strip_prefix("Fingerprint: ").unwrap_or(print);
        text +=
            &format!("-----BEGIN SSH HOST KEY FINGERPRINTS-----\n{print}\n-----END SSH HOST KEY FINGERPRINTS-----\n");
    }
    if let Some(public) = public {
        text += &format!("-----BEGIN SSH HOST KEY KEYS-----\n{public}\n-----END SSH HOST KEY KEYS-----\n");
    }
    console::raw(text.as_bytes());
}
