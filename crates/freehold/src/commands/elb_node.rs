//! `freehold elb-node`: the data plane of one load balancer; see [`freehold_balancer`]. The region starts it, and it goes on
//! without the region.

use anyhow::{Context, Result};

use crate::{cli, logging};

pub fn run(options: &cli::ElbNode) -> Result<()> {
    logging::start();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    freehold_balancer::node::run(&options.directory, options.workers.unwrap_or(cores))
        .with_context(|| format!("the node in {}", options.directory.display()))
}
