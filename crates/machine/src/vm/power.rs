//! How a guest is asked to power off, for good or to start again. It is asked by the power button, and again if
//! it was still booting and has not heard. For a reboot QEMU is told to hold rather than to exit; when the guest
//! is down, or has not obeyed in time, the machine is reset and goes on. Pure: the driver asks what to do next
//! and does it, and a later control plane can go on where an earlier one stopped.

use std::time::Duration;

/// A guest that has not shut down by then is reset the hard way. (*API reference, RebootInstances*: EC2 waits
/// "a few minutes".)
pub const GRACE: Duration = Duration::from_secs(120);
/// A guest that was still booting has not heard the button; it is pressed again.
pub const PRESS_AGAIN: Duration = Duration::from_secs(3);

/// What is wanted of a running machine; kept in its directory until it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Reboot,
    ShutDown,
}

impl Wish {
    /// As it is written to the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reboot => "reboot",
            Self::ShutDown => "shut-down",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Reboot, Self::ShutDown].into_iter().find(|wish| wish.word() == word.trim())
    }

    /// What holds when both were asked for: a machine that is to be off is not started again.
    pub fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Reboot, Self::Reboot) => Self::Reboot,
            _ => Self::ShutDown,
        }
    }
}

/// What QEMU says of the machine (`query-status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Running,
    /// The guest powered off and QEMU holds.
    ShutDown,
    /// Anything else: paused by somebody, crashed inside, out of disk.
    Other,
}

impl RunState {
    pub fn from_qemu(status: &str) -> Self {
        match status {
            "running" => Self::Running,
            "shutdown" => Self::ShutDown,
            _ => Self::Other,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Press the power button.
    Press,
    Wait,
    /// Reset the machine, let it run, and let it exit on its next power-off.
    Reset,
    /// End the VMM: the guest is down, or beyond hearing.
    End,
}

/// The next step, `asked` after the wish and `pressed` after the button was last pressed. How long to wait for
/// a guest that does not want to shut down is for the caller to decide.
pub fn next(wish: Wish, state: RunState, asked: Duration, pressed: Option<Duration>) -> Step {
    match (wish, state) {
        (Wish::ShutDown, RunState::ShutDown | RunState::Other) => Step::End,
        (Wish::Reboot, RunState::ShutDown | RunState::Other) => Step::Reset,
        (Wish::Reboot, RunState::Running) if asked >= GRACE => Step::Reset,
        (_, RunState::Running) if pressed.is_none_or(|ago| ago >= PRESS_AGAIN) => Step::Press,
        (_, RunState::Running) => Step::Wait,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_running_guest_is_asked_once_then_waited_for() {
        assert_eq!(next(Wish::Reboot, RunState::Running, Duration::ZERO, None), Step::Press);
        let second = Duration::from_secs(1);
        assert_eq!(next(Wish::Reboot, RunState::Running, second, Some(second)), Step::Wait);
        assert_eq!(next(Wish::Reboot, RunState::Running, PRESS_AGAIN, Some(PRESS_AGAIN)), Step::Press);
        assert_eq!(next(Wish::Reboot, RunState::ShutDown, second, Some(second)), Step::Reset);
    }

    #[test]
    fn a_shutdown_is_asked_for_until_the_guest_is_down() {
        let long = GRACE * 2;
        assert_eq!(next(Wish::ShutDown, RunState::Running, long, Some(PRESS_AGAIN)), Step::Press);
        assert_eq!(next(Wish::ShutDown, RunState::Running, long, Some(Duration::ZERO)), Step::Wait);
        assert_eq!(next(Wish::ShutDown, RunState::ShutDown, long, None), Step::End);
        assert_eq!(Wish::Reboot.and(Wish::ShutDown), Wish::ShutDown);
        assert_eq!(Wish::ShutDown.and(Wish::Reboot), Wish::ShutDown);
        assert_eq!(Wish::from_word("shut-down\n"), Some(Wish::ShutDown));
    }

    proptest! {
        #[test]
        fn every_reboot_ends_in_a_reset(deaf in any::<bool>(), obeys_after in 0u64..300) {
            let mut pressed: Option<u64> = None;
            for now in 0..=GRACE.as_secs() {
                let down = !deaf && pressed.is_some() && now >= obeys_after;
                let state = if down { RunState::ShutDown } else { RunState::Running };
                let ago = pressed.map(|at| Duration::from_secs(now - at));
                match next(Wish::Reboot, state, Duration::from_secs(now), ago) {
                    Step::Press => pressed = Some(now),
                    Step::Wait => {}
                    Step::Reset => return Ok(()),
                    Step::End => prop_assert!(false, "a reboot ends nothing"),
                }
            }
            prop_assert!(false, "no reset within the grace");
        }
    }
}
