//! How a detached control plane tells the command that started it how it went: lines of JSON on its standard
//! output, which is a pipe to the parent. The end of the pipe without a verdict means that it died.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

/// What the child says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Something the user should see; more follows.
    Note(String),
    /// Calls are served; the last message.
    Ready,
    /// The region did not start; the last message.
    Failed(String),
}

/// Says something to the parent. A parent that is gone does not matter.
pub fn send(message: &Message) {
    let mut output = std::io::stdout().lock();
    if let Ok(line) = serde_json::to_string(message) {
        let _ = writeln!(output, "{line}").and_then(|()| output.flush());
    }
}

/// Hears the child out: `Ok` when it serves, `Err` with its reason when it does not.
pub fn receive(pipe: impl BufRead, mut note: impl FnMut(&str)) -> Result<(), Option<String>> {
    for line in pipe.lines() {
        match line.ok().as_deref().map(serde_json::from_str) {
            Some(Ok(Message::Note(text))) => note(&text),
            Some(Ok(Message::Ready)) => return Ok(()),
            Some(Ok(Message::Failed(reason))) => return Err(Some(reason)),
            Some(Err(_)) => {}
            None => break,
        }
    }
    Err(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_passed_on_until_the_verdict() {
        let mut notes = Vec::new();
        let said = "{\"note\":\"a\"}\nnoise\n{\"note\":\"b\"}\n\"ready\"\n{\"note\":\"late\"}\n";
        assert_eq!(receive(said.as_bytes(), |note| notes.push(note.to_owned())), Ok(()));
        assert_eq!(notes, ["a", "b"]);
    }

    #[test]
    fn silence_is_a_failure_without_a_reason() {
        assert_eq!(receive(&b""[..], |_| {}), Err(None));
        assert_eq!(receive(&b"{\"failed\":\"no\"}\n"[..], |_| {}), Err(Some("no".into())));
    }
}
