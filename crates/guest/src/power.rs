//! Power: who may ask for it, and what the end of a machine is in a container and in a virtual machine.

use std::io::Read;
use std::process::ExitCode;

use crate::init::Power;

/// Whether the machine is a container (see the contract in the crate's documentation).
pub fn in_container() -> bool {
    std::env::var_os("FREEHOLD").is_some_and(|value| value == "container")
}

/// `poweroff`, `halt`, `shutdown` and `reboot`: ask PID 1.
pub fn ask(name: &str) -> ExitCode {
    let reboot = name == "reboot" || (name == "shutdown" && std::env::args().any(|argument| argument == "-r"));
    let signal = if reboot { libc::SIGTERM } else { libc::SIGPWR };
    // SAFETY: plain system call.
    if unsafe { libc::kill(1, signal) } == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("{name}: {}", std::io::Error::last_os_error());
    ExitCode::FAILURE
}

/// Makes ctrl-alt-del arrive as `SIGINT` instead of restarting at once.
pub fn take_control_alt_delete() {
    // SAFETY: plain system call.
    unsafe { libc::reboot(libc::RB_DISABLE_CAD) };
}

/// Puts on disk what was written. In a container its own disk only: the others are the host's, and may be busy.
pub fn write_back() {
    use std::os::fd::AsRawFd;
    match std::fs::File::open("/") {
        // SAFETY: plain system call on an open descriptor.
        Ok(root) if in_container() && unsafe { libc::syncfs(root.as_raw_fd()) } == 0 => {}
        // SAFETY: takes no arguments and cannot fail.
        _ => unsafe { libc::sync() },
    }
}

/// The end of a virtual machine. Returns only where the kernel refuses.
pub fn machine(power: Power) {
    crate::mounts::make_read_only();
    let command = match power {
        Power::Off => libc::RB_POWER_OFF,
        Power::Reboot => libc::RB_AUTOBOOT,
    };
    // SAFETY: plain system call; everything else has ended and is synced.
    unsafe { libc::reboot(command) };
    crate::console::say(&format!("the kernel refused: {}", std::io::Error::last_os_error()));
}

/// Obeys the power button of a virtual machine: a key on one of the input devices.
pub fn watch_button() {
    let Ok(entries) = std::fs::read_dir("/dev/input") else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("event") {
            continue;
        }
        let Ok(mut device) = std::fs::File::open(entry.path()) else {
            continue;
        };
        std::thread::spawn(move || {
            let mut event = [0; size_of::<libc::input_event>()];
            while device.read_exact(&mut event).is_ok() {
                if is_power_key(&event) {
                    // SAFETY: plain system call.
                    unsafe { libc::kill(1, libc::SIGPWR) };
                }
            }
        });
    }
}

/// Whether a `struct input_event` says that KEY_POWER went down.
fn is_power_key(event: &[u8; size_of::<libc::input_event>()]) -> bool {
    const EV_KEY: u16 = 1;
    const KEY_POWER: u16 = 116;
    let [.., a, b, c, d, e, f, g, h] = *event;
    u16::from_ne_bytes([a, b]) == EV_KEY
        && u16::from_ne_bytes([c, d]) == KEY_POWER
        && i32::from_ne_bytes([e, f, g, h]) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_power_key_going_down_counts() {
        let mut event = [0; size_of::<libc::input_event>()];
        assert!(!is_power_key(&event));
        let at = event.len() - 8;
        event[at..].copy_from_slice(&[1, 0, 116, 0, 1, 0, 0, 0]);
        assert!(is_power_key(&event));
        event[at + 4] = 0;
        assert!(!is_power_key(&event));
    }
}
