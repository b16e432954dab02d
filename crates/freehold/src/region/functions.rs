//! What functions stand on here.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use freehold_functions::launch::Launcher;
use freehold_functions::layout::Layout;
use freehold_lambda::node::{Absent, SharedNode, Socket};
use freehold_machine::DriverKind;

use super::machines::Hardware;
use crate::data_dir::DataDir;

/// The node of the region's functions: a process of its own, where the region has machines.
/// `idle`: how long an environment is kept that nobody uses. `port`: of the region's API.
pub fn node(data: &DataDir, hardware: &Hardware, idle: Duration, port: u16) -> SharedNode {
    if hardware.driver.kind() == DriverKind::None {
        return Arc::new(Absent);
    }
    let (directory, port) = (data.path().to_string_lossy(), port.to_string());
    let arguments = ["--data-dir", &directory, "lambda-node", "--port", &port].map(str::to_owned).to_vec();
    // By its descriptor's name, not its path: an upgrade may put another program there.
    let launcher = Launcher::new(data.path(), (PathBuf::from("/proc/self/exe"), arguments));
    Arc::new(Socket::new(&Layout::new(data.path()), launcher, idle))
}

/// Where functions are below the data directory.
pub fn layout(data: &DataDir) -> Layout {
    Layout::new(data.path())
}
