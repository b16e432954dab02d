//! How a reboot goes: the guest is asked to shut down while QEMU is told to hold rather than to exit; when the
//! guest is down, or has not obeyed in time, the machine is reset and goes on. Pure: the driver asks what to
//! do next and does it, and a later control plane can go on where an earlier one stopped.

use std::time::Duration;

/// A guest that has not shut down by then is reset the hard way. (*API reference, RebootInstances*: EC2 waits
/// "a few minutes".)
pub const GRACE: Duration = Duration::from_secs(120);
/// A guest that was still booting has not heard the button; it is pressed again.
pub const PRESS_AGAIN: Duration = Duration::from_secs(10);

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

/// What to do next for a reboot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Press the power button.
    Press,
    Wait,
    /// Reset the machine, let it run, and let it exit on its next power-off.
    Reset,
}

/// The next step, `asked` after the reboot was asked for and `pressed` after the button was last pressed.
pub fn next(state: RunState, asked: Duration, pressed: Option<Duration>) -> Step {
    match (state, pressed) {
        (RunState::ShutDown | RunState::Other, _) => Step::Reset,
        (RunState::Running, _) if asked >= GRACE => Step::Reset,
        (RunState::Running, None) => Step::Press,
        (RunState::Running, Some(ago)) if ago >= PRESS_AGAIN => Step::Press,
        (RunState::Running, Some(_)) => Step::Wait,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_running_guest_is_asked_once_then_waited_for() {
        assert_eq!(next(RunState::Running, Duration::ZERO, None), Step::Press);
        let second = Duration::from_secs(1);
        assert_eq!(next(RunState::Running, second, Some(second)), Step::Wait);
        assert_eq!(next(RunState::Running, PRESS_AGAIN, Some(PRESS_AGAIN)), Step::Press);
        assert_eq!(next(RunState::ShutDown, second, Some(second)), Step::Reset);
    }

    proptest! {
        #[test]
        fn every_reboot_ends_in_a_reset(deaf in any::<bool>(), obeys_after in 0u64..300) {
            let mut pressed: Option<u64> = None;
            for now in 0..=GRACE.as_secs() {
                let down = !deaf && pressed.is_some() && now >= obeys_after;
                let state = if down { RunState::ShutDown } else { RunState::Running };
                let ago = pressed.map(|at| Duration::from_secs(now - at));
                match next(state, Duration::from_secs(now), ago) {
                    Step::Press => pressed = Some(now),
                    Step::Wait => {}
                    Step::Reset => return Ok(()),
                }
            }
            prop_assert!(false, "no reset within the grace");
        }
    }
}
