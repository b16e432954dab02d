//! Desync mitigation: how far a request is from what RFC 9112 wants, and what each mode does about it (*User Guide, Desync
//! mitigation mode; Access logs, Classification reasons*).
//!
//! In every mode a request that cannot be framed without doubt is refused, and what leaves for the target is framed anew.
//! *Monitor* lets everything else pass, *defensive* ends both connections after an ambiguous request, *strictest* takes
//! compliant requests only.

use crate::config::Desync;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Compliant,
    Acceptable,
    Ambiguous,
    Severe,
}

/// The worst that was found, and AWS's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub class: Class,
    pub reason: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    Pass,
    /// Serve it, and nothing more on these two connections.
    PassAndClose,
    Refuse,
}

impl Default for Verdict {
    fn default() -> Verdict {
        Verdict { class: Class::Compliant, reason: "-" }
    }
}

impl Verdict {
    pub fn severe(reason: &'static str) -> Verdict {
        Verdict { class: Class::Severe, reason }
    }

    /// Keeps the worse, and of equals the first.
    pub fn note(&mut self, class: Class, reason: &'static str) {
        if class > self.class {
            *self = Verdict { class, reason };
        }
    }

    pub fn handling(self, mode: Desync) -> Handling {
        match (self.class, mode) {
            (Class::Compliant, _) | (Class::Acceptable | Class::Ambiguous, Desync::Monitor) => Handling::Pass,
            (Class::Acceptable, Desync::Defensive) => Handling::Pass,
            (Class::Ambiguous, Desync::Defensive) => Handling::PassAndClose,
            (Class::Severe, _) | (_, Desync::Strictest) => Handling::Refuse,
        }
    }

    /// As access logs write it.
    pub fn class_name(self) -> &'static str {
        match self.class {
            Class::Compliant => "-",
            Class::Acceptable => "Acceptable",
            Class::Ambiguous => "Ambiguous",
            Class::Severe => "Severe",
        }
    }
}

/// Whether a name that is not one of the two could be taken for `Content-Length` or `Transfer-Encoding` by a server that
/// is careless about case, separators or odd characters.
pub fn is_suspicious(name: &[u8]) -> bool {
    let letters = || name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
    letters().eq(*b"contentlength") || letters().eq(*b"transferencoding")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_handles_each_class_as_documented() {
        use Class::*;
        use Handling::*;
        let table = [
            (Compliant, [Pass, Pass, Pass]),
            (Acceptable, [Pass, Pass, Refuse]),
            (Ambiguous, [Pass, PassAndClose, Refuse]),
            (Severe, [Refuse, Refuse, Refuse]),
        ];
        for (class, wanted) in table {
            let verdict = Verdict { class, reason: "" };
            assert_eq!(
                [Desync::Monitor, Desync::Defensive, Desync::Strictest].map(|mode| verdict.handling(mode)),
                wanted
            );
        }
    }

    #[test]
    fn the_worst_reason_stays() {
        let mut verdict = Verdict::default();
        verdict.note(Class::Acceptable, "a");
        verdict.note(Class::Ambiguous, "b");
        verdict.note(Class::Ambiguous, "c");
        verdict.note(Class::Acceptable, "d");
        assert_eq!(verdict, Verdict { class: Class::Ambiguous, reason: "b" });
    }

    #[test]
    fn look_alikes_are_suspicious() {
        for name in ["Content_Length", "Transfer Encoding", "transfer-encoding\u{b}"] {
            assert!(is_suspicious(name.as_bytes()));
        }
        assert!(!is_suspicious(b"Content-Type"));
    }
}
