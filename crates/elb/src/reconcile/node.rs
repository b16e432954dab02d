//! A balancer's node: what it was told last, and what it makes of it.

use freehold_balancer::config::Config;
use freehold_balancer::status::Status;
use freehold_core::reconcile::Failure;
use freehold_machine::node::NodeDriver;

use crate::model::State;

/// Writes the configuration down, with the next revision if it says anything new; the revision in its file from now on.
pub async fn tell(driver: &dyn NodeDriver, id: &str, mut config: Config) -> Result<u64, Failure> {
    let last = std::fs::read(driver.directory(id)?.join("config.json"));
    let last: Option<Config> = last.ok().and_then(|text| serde_json::from_slice(&text).ok());
    config.revision = last.as_ref().map_or(1, |last| last.revision);
    if last.as_ref() != Some(&config) {
        config.revision = last.map_or(1, |last| last.revision.saturating_add(1));
        driver.configure(id, &serde_json::to_vec(&config)?).await?;
    }
    Ok(config.revision)
}

/// What the node wrote last. A file that cannot be read is none: the node writes another soon.
pub fn status(driver: &dyn NodeDriver, id: &str) -> Option<Status> {
    serde_json::from_slice(&driver.status(id).ok()??).ok()
}

/// The state of a balancer whose node should serve the revision; `None` until it is known whether it does.
pub fn state(status: Option<&Status>, pid: u32, revision: u64) -> Option<(State, String)> {
    let status = status.filter(|status| status.pid == pid && status.revision >= revision)?;
    Some(match status.problems.as_slice() {
        [] => (State::Active, String::new()),
        problems => (State::ActiveImpaired, problems.join("; ")),
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_balancer_is_active_when_its_node_serves_what_it_should() {
        let mut status = Status { revision: 3, pid: 7, ..Status::default() };
        assert_eq!(state(None, 7, 3), None);
        assert_eq!(state(Some(&status), 7, 4), None);
        assert_eq!(state(Some(&status), 8, 3), None, "of an earlier process");
        assert_eq!(state(Some(&status), 7, 3), Some((State::Active, String::new())));
        status.problems = vec!["port 80: in use".into()];
        assert_eq!(state(Some(&status), 7, 2), Some((State::ActiveImpaired, "port 80: in use".into())));
    }
}
