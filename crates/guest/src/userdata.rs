//! User data of images without cloud-init: a script, run once per instance as root. Anything else is named on
//! the console and left alone; it is not pretended that `#cloud-config` works.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::console;

const LOG: &str = "/var/log/cloud-init-output.log";

/// What user data turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    Nothing,
    Script,
    /// To be unpacked, then looked at again.
    Gzip,
    /// Something for cloud-init, or for nobody.
    Other,
}

pub fn kind(data: &[u8]) -> Kind {
    match data {
        data if data.iter().all(u8::is_ascii_whitespace) => Kind::Nothing,
        [b'#', b'!', ..] => Kind::Script,
        [0x1f, 0x8b, ..] => Kind::Gzip,
        _ => Kind::Other,
    }
}

/// Runs the user data unless this instance did before. `home` is the instance's own directory.
pub fn run_once(data: Vec<u8>, home: &Path) {
    let data = if kind(&data) == Kind::Gzip { unpack(&data).unwrap_or_default() } else { data };
    match kind(&data) {
        Kind::Nothing => return,
        Kind::Script => {}
        Kind::Gzip | Kind::Other => {
            return console::say("user data is not a script (#!); this image runs scripts only");
        }
    }
    let script = home.join("user-data");
    // Made before it runs: a script that reboots the machine is not run a second time.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o700).open(&script);
    let Ok(mut file) = file else {
        return;
    };
    if let Err(error) = file.write_all(&data).and_then(|()| file.sync_all()) {
        return console::say(&format!("cannot store user data: {error}"));
    }
    // Closed before it is executed: a file open for writing is busy.
    drop(file);
    console::say("running user data");
    match execute(&script) {
        Ok(status) => console::say(&format!("user data finished: {status}")),
        Err(error) => console::say(&format!("user data could not be run: {error}")),
    }
}

/// Runs the script with its output on the console and in the log that cloud-init's users know.
fn execute(script: &Path) -> std::io::Result<String> {
    let _ = fs::create_dir_all("/var/log");
    let mut log = OpenOptions::new().create(true).append(true).open(LOG)?;
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new(script);
    command.current_dir("/").env("HOME", "/root").env_remove("FREEHOLD");
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = spawn(&mut command)?;
    // The writing end is the script's alone, so that its end is seen here.
    drop(command);
    // In a thread: a script may leave a child behind that holds the pipe open for ever.
    let copy = std::thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            show(&line, &mut log);
            line.clear();
        }
    });
    let status = child.wait()?;
    for _ in 0..50 {
        if copy.is_finished() {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(status.to_string())
}

/// Starts a program that was just written. `execve(2)` refuses a file that anybody has open for writing, and a
/// thread that forks at that moment (the SSH server's) gives its child a copy of our descriptor, until the child
/// executes: a matter of moments, so it is asked again.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..500 {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::sleep(Duration::from_millis(2)),
            spawned => return spawned,
        }
    }
    command.spawn()
}

fn show(line: &[u8], log: &mut File) {
    let _ = log.write_all(line);
    let mut text = b"user-data: ".to_vec();
    text.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        text.push(b'\n');
    }
    console::raw(&text);
}

/// Unpacks with the image's own gzip.
fn unpack(data: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut input = child.stdin.take()?;
    let data = data.to_vec();
    let feed = std::thread::spawn(move || input.write_all(&data));
    let output = child.wait_with_output().ok()?;
    let _ = feed.join();
    output.status.success().then_some(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_somebody_still_holds_open_is_run_once_it_is_free() {
        let path = std::env::temp_dir().join(format!("freehold-user-data-{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o700).open(&path).unwrap();
        file.write_all(b"#!/bin/sh\nexit 7\n").unwrap();
        let holder = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            drop(file);
        });
        let status = spawn(&mut Command::new(&path)).and_then(|mut child| child.wait());
        holder.join().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(status.unwrap().code(), Some(7));
    }

    #[test]
    fn user_data_is_told_apart_by_its_first_bytes() {
        assert_eq!(kind(b""), Kind::Nothing);
        assert_eq!(kind(b" \n"), Kind::Nothing);
        assert_eq!(kind(b"#!/bin/sh\n"), Kind::Script);
        assert_eq!(kind(b"#cloud-config\n"), Kind::Other);
        assert_eq!(kind(&[0x1f, 0x8b, 8]), Kind::Gzip);
    }
}
