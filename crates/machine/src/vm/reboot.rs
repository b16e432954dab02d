//! Does what [`super::power`] says, until a reboot is finished.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::power::{self, RunState, Step};
use super::qmp::Client;
use super::shared::Shared;
use crate::driver::Result;

/// How often a reboot under way is looked at.
const POLL: Duration = Duration::from_millis(100);

impl Shared {
    /// Drives a reboot to its end, whoever began it.
    pub(super) fn follow_reboot(self: &Arc<Self>, id: &str) {
        let (shared, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move {
            let (asked, mut pressed) = (Instant::now(), None::<Instant>);
            loop {
                let turn = shared.turn(&id);
                let turn = turn.lock().await;
                match shared.reboot_step(&id, asked, &mut pressed).await {
                    Ok(true) => return,
                    Ok(false) => {}
                    Err(error) => {
                        // Gone in the meantime, which the next look shows, or slow to answer.
                        tracing::debug!(machine = id, %error, "a step of a reboot failed");
                    }
                }
                drop(turn);
                tokio::time::sleep(POLL).await;
            }
        });
    }

    /// One step of a reboot; `true` when it is finished.
    async fn reboot_step(&self, id: &str, asked: Instant, pressed: &mut Option<Instant>) -> Result<bool> {
        let directory = self.directory(id)?;
        let marker = directory.file("rebooting");
        if !marker.exists() || directory.running()?.is_none() {
            return Ok(true);
        }
        let mut qemu = Client::connect(&directory.file("qmp.sock")).await?;
        let status = qemu.execute("query-status", Value::Null).await?;
        let state = RunState::from_qemu(status["status"].as_str().unwrap_or_default());
        match power::next(state, asked.elapsed(), pressed.map(|at| at.elapsed())) {
            Step::Wait => Ok(false),
            Step::Press => {
                qemu.execute("set-action", json!({ "shutdown": "pause" })).await?;
                qemu.execute("system_powerdown", Value::Null).await?;
                *pressed = Some(Instant::now());
                Ok(false)
            }
            Step::Reset => {
                qemu.execute("system_reset", Value::Null).await?;
                qemu.execute("cont", Value::Null).await?;
                qemu.execute("set-action", json!({ "shutdown": "poweroff" })).await?;
                let _ = std::fs::remove_file(marker);
                Ok(true)
            }
        }
    }
}
