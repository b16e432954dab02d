//! Processes, as requests name them; none means all.

use crate::errors::{Error, Result};
use crate::model::Process;

pub(super) fn named(names: Option<Vec<String>>) -> Result<Vec<Process>> {
    let names = names.unwrap_or_default();
    if names.is_empty() {
        return Ok(Process::ALL.into());
    }
    let one = |name: &String| {
        Process::parse(name).ok_or_else(|| Error::validation(format!("Process {name} is not a valid scaling process.")))
    };
    names.iter().map(one).collect()
}
