//! Does what [`super::power`] says, until a machine is off or has started again. What is wanted is in the file
//! `wish` of its directory, so that a later control plane goes on with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::directory::Directory;
use super::power::{self, RunState, Step, Wish};
use super::qmp::Client;
use super::shared::Shared;
use crate::driver::{Error, Result};

/// How often a machine with a wish is looked at.
const POLL: Duration = Duration::from_millis(100);

impl Shared {
    /// Notes what is wanted of a running machine and sees to it. Called in the machine's turn.
    pub(super) fn wish(self: &Arc<Self>, directory: &Directory, wish: Wish) -> Result<()> {
        let earlier = wish_of(directory);
        let wish = earlier.map_or(wish, |earlier| earlier.and(wish));
        std::fs::write(directory.file("wish"), wish.word()).map_err(|source| Error::io("noting a wish", source))?;
        if earlier.is_none() {
            self.follow(&directory.id);
        }
        Ok(())
    }

    /// Sees to what is wanted of a machine, whoever asked for it.
    pub(super) fn follow(self: &Arc<Self>, id: &str) {
        let (shared, id) = (self.clone(), id.to_owned());
        tokio::spawn(async move {
            let (asked, mut pressed) = (Instant::now(), None::<Instant>);
            loop {
                let turn = shared.turn(&id);
                let turn = turn.lock().await;
                match shared.step(&id, asked, &mut pressed).await {
                    Ok(true) => return,
                    Ok(false) => {}
                    Err(error) => {
                        // Gone in the meantime, which the next look shows, or slow to answer.
                        tracing::debug!(machine = id, %error, "a machine was not asked to power off");
                    }
                }
                drop(turn);
                tokio::time::sleep(POLL).await;
            }
        });
    }

    /// One step towards what is wanted; `true` when nothing is left to do.
    async fn step(&self, id: &str, asked: Instant, pressed: &mut Option<Instant>) -> Result<bool> {
        let directory = self.directory(id)?;
        let Some(wish) = wish_of(&directory) else { return Ok(true) };
        if directory.running()?.is_none() {
            return Ok(true);
        }
        let mut qemu = Client::connect(&directory.file("qmp.sock")).await?;
        let status = qemu.execute("query-status", Value::Null).await?;
        let state = RunState::from_qemu(status["status"].as_str().unwrap_or_default());
        match power::next(wish, state, asked.elapsed(), pressed.map(|at| at.elapsed())) {
            Step::Wait => Ok(false),
            Step::Press => {
                let then = match wish {
                    Wish::Reboot => "pause",
                    Wish::ShutDown => "poweroff",
                };
                qemu.execute("set-action", json!({ "shutdown": then })).await?;
                qemu.execute("system_powerdown", Value::Null).await?;
                *pressed = Some(Instant::now());
                Ok(false)
            }
            Step::Reset => {
                qemu.execute("system_reset", Value::Null).await?;
                qemu.execute("cont", Value::Null).await?;
                qemu.execute("set-action", json!({ "shutdown": "poweroff" })).await?;
                let _ = std::fs::remove_file(directory.file("wish"));
                Ok(true)
            }
            Step::End => self.end(&directory).await.map(|()| true),
        }
    }
}

/// What is wanted of a machine now.
pub(super) fn wish_of(directory: &Directory) -> Option<Wish> {
    Wish::from_word(&std::fs::read_to_string(directory.file("wish")).ok()?)
}
