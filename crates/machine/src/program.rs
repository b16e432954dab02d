//! Runs programs of the host and turns their failure into one line that says why.

use std::process::{Command, Stdio};

use crate::driver::{Error, Result};

/// Runs a command to its end; answers its standard output.
pub fn run(program: &'static str, command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(program, &error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Error::Program { program, detail: reason(&output.stderr, &output.status.to_string()) })
}

fn cannot_start(program: &'static str, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Error::Unsupported(format!("the program {program} is not installed on this host"));
    }
    Error::Program { program, detail: error.to_string() }
}

/// The last lines of what a program complained about; its status if it said nothing.
fn reason(complaint: &[u8], status: &str) -> String {
    let text = String::from_utf8_lossy(complaint);
    let mut lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let lines = lines.split_off(lines.len().saturating_sub(3));
    if lines.is_empty() { status.to_owned() } else { lines.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_the_program_said_last() {
        let error = run("sh", Command::new("sh").args(["-c", "echo no luck >&2; exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "sh failed: no luck");
        let error = run("sh", Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "sh failed: exit status: 3");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run("no-such-program", &mut Command::new("no-such-program")).unwrap_err();
        assert!(matches!(error, Error::Unsupported(text) if text.contains("no-such-program")));
    }
}
