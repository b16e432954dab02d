//! The command line: what outsiders type, and nothing about how it is done. Wrong usage ends with exit code 2,
//! which is clap's own.

pub mod bill;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::Ipv4Net;

/// Where a region listens when nothing else is said.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:4566";

/// A region of your own: AWS's API, with machines that are really there.
#[derive(Debug, Parser)]
#[command(
    name = "freehold",
    bin_name = "freehold",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Where the region keeps everything [default: /var/lib/freehold as root, $XDG_DATA_HOME/freehold else]
    #[arg(long, global = true, value_name = "DIR", env = "FREEHOLD_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the region
    Up(Up),
    /// End the control plane; machines go on running unless --machines is given
    Down(Down),
    /// Show what runs, what was asked for and what there is room for
    Status(Status),
    /// Print `export` lines that point AWS clients at the region
    Env(Env),
    /// Try what this host can do, and say what that means
    Doctor(Doctor),
    /// Walk through a region: launch, reach, firewall, resize and end a server
    Demo(Demo),
    /// Delete the region's state and machines
    Reset(Reset),
    /// Print what a function or a log group wrote, what a machine's console showed, or what would have left by SMS, push
    /// or e-mail
    Logs(Logs),
    /// Be the Spot market: take the room of a Spot instance back
    #[command(subcommand)]
    Spot(Spot),
    /// What was used and what it costs, and what it would cost under each purchase option
    Bill(bill::Bill),
    /// What things cost
    #[command(subcommand)]
    Prices(Prices),
    /// Serve what a load balancer's configuration says; the region starts one for each
    #[command(hide = true)]
    ElbNode(ElbNode),
    /// See and install what functions are run by
    #[command(subcommand)]
    Lambda(Lambda),
    /// Keep the execution environments of functions; the region starts it
    #[command(hide = true)]
    LambdaNode(LambdaNode),
    /// Fork the sandboxes of functions; their node starts it
    #[command(hide = true)]
    LambdaSandbox,
    /// Build, import and list machine images
    #[command(subcommand)]
    Image(Image),
}

#[derive(Debug, Clone, Args)]
pub struct Up {
    /// Address and port of the API; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = DEFAULT_LISTEN, env = "FREEHOLD_LISTEN")]
    pub listen: SocketAddr,
    /// What instances are made of
    #[arg(long, value_enum, default_value_t = Machines::Auto)]
    pub machines: Machines,
    /// Return as soon as the region serves, and leave it running
    #[arg(long)]
    pub detach: bool,
    /// Let POST /_freehold/clock move the region's clock forward
    #[arg(long)]
    pub test_clock: bool,
    /// Where public addresses come from; the host routes them to the machines
    #[arg(long, value_name = "CIDR", default_value = "198.18.0.0/16", value_parser = public_pool)]
    pub public_pool: Ipv4Net,
    /// Leave /etc/hosts alone, where the host finds load balancers by their DNS names
    #[arg(long)]
    pub no_hosts_file: bool,
    /// Virtual CPUs promised for each CPU of the host [default: 16 for containers, 4 for virtual machines]
    #[arg(long, value_name = "X", value_parser = factor)]
    pub cpu_overcommit: Option<f64>,
    /// Memory promised for the memory of the host [default: 4 for containers, 1 for virtual machines]
    #[arg(long, value_name = "X", value_parser = factor)]
    pub memory_overcommit: Option<f64>,
    /// How long an execution environment of a function is kept that nobody uses
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub lambda_idle: u64,
    /// Accept types that are larger than the whole host
    #[arg(long)]
    pub oversubscribe: bool,
    /// Report readiness on standard output for a waiting parent (`--detach` runs itself with this)
    #[arg(long, hide = true, conflicts_with = "detach")]
    pub announce: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Machines {
    /// Virtual machines where a probe guest boots under KVM, else containers, else none
    Auto,
    /// Virtual machines, emulated where KVM does not work
    Vm,
    /// System containers
    Container,
    /// In state only: all of the API, nothing runs
    None,
}

#[derive(Debug, Args)]
pub struct Down {
    /// Also end and remove all machines and networks that the region made
    #[arg(long)]
    pub machines: bool,
}

#[derive(Debug, Args)]
pub struct Status {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Env {
    /// Print JSON instead of shell
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// What to show
    #[arg(long, value_enum, default_value_t = Tour::Fleet)]
    pub tour: Tour,
    /// What instances are made of, if the demo has to start a region
    #[arg(long, value_enum, default_value_t = Machines::Auto)]
    pub machines: Machines,
    /// Leave what the tour made (and a region that the demo started) as it is
    #[arg(long)]
    pub keep: bool,
}

/// What the demo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tour {
    /// Servers behind a load balancer: one is killed and replaced, load comes and goes
    Fleet,
    /// One server: SSH, its firewall, another size
    Server,
}

#[derive(Debug, Args)]
pub struct ElbNode {
    /// Where config.json is read and status.json written
    #[arg(long, value_name = "DIR")]
    pub directory: PathBuf,
    /// Threads that serve [default: one for each CPU]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub enum Lambda {
    /// Runtimes: an interpreter of the host's each, with AWS's own client for it
    #[command(subcommand)]
    Runtimes(Runtimes),
}

#[derive(Debug, Subcommand)]
pub enum Runtimes {
    /// List what functions can have on this host
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Install AWS's clients for the host's interpreters, by pip and npm from their registries
    Install {
        /// Only these, for example python3.12 [default: one for each interpreter of the host]
        #[arg(value_name = "RUNTIME")]
        runtimes: Vec<String>,
        /// Put them into this directory, for FREEHOLD_LAMBDA_CLIENTS to name [default: the data directory's own]
        #[arg(long, value_name = "DIR")]
        into: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct LambdaNode {
    /// Seconds after which an environment that nobody uses is ended
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub idle: u64,
    /// Port of the region's API, by which functions reach it too
    #[arg(long)]
    pub port: Option<u16>,
}

#[derive(Debug, Args)]
pub struct Reset {
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Delete images too, which are slow to build again
    #[arg(long)]
    pub images: bool,
}

#[derive(Debug, Args)]
pub struct Logs {
    /// A function or a log group; an instance: i-…; or sms, push or email: what would have left the region by it
    #[arg(value_name = "ID")]
    pub id: String,
    /// Of a function or a group: go on with what comes, until interrupted
    #[arg(long, short)]
    pub follow: bool,
    /// Of a function or a group: how far back to begin, as 90s, 10m, 2h or 1d [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = ago)]
    pub since: Option<Duration>,
    /// Of a function or a group: only events that this filter pattern of CloudWatch Logs means
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pub filter: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Spot {
    /// Interrupt a Spot instance: it is told two minutes before, and then terminated or stopped as it was asked for
    Interrupt {
        /// The instance: i-…
        #[arg(value_name = "INSTANCE_ID")]
        id: String,
        /// Seconds until it goes; with less than 120 it is told at once
        #[arg(long, value_name = "SECONDS", default_value_t = 120)]
        after: u32,
        /// Recommend to replace it, and let it run
        #[arg(long, conflicts_with = "after")]
        rebalance: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Prices {
    /// Take AWS's own price lists into prices.toml of the data directory, over what is there: the index.json or index.csv of
    /// a service or of Savings Plans
    Import {
        /// The files; - is standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Image {
    /// Build one of Freehold's own images from Debian packages
    Build {
        /// Which one
        #[arg(value_enum, default_value_t = Recipe::Minimal)]
        recipe: Recipe,
    },
    /// Import a root file system (.tar, .tar.gz) or an OCI archive
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The image's name; the file's name else
        #[arg(long)]
        name: Option<String>,
    },
    /// List images
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Recipe {
    /// busybox, dropbear and Freehold's guest program; seconds
    Minimal,
    #[value(name = "debian-12", alias = "debian")]
    /// Debian 12 with sshd, cloud-init, python3 and curl; minutes
    Debian,
}

/// Seconds, minutes, hours or days.
fn ago(text: &str) -> Result<Duration, String> {
    let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 24 * 3600)];
    let read = |(unit, seconds): (char, u64)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(seconds).map(Duration::from_secs)
    };
    let found = units.into_iter().find_map(read);
    found.ok_or_else(|| "a number with s, m, h or d is needed, for example 10m".to_string())
}

/// A positive, finite number.
fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("a number greater than 0 is needed, for example 1.5".into()),
    }
}

/// A network of at least 8 addresses, named by its first one.
fn public_pool(text: &str) -> Result<Ipv4Net, String> {
    let net: Ipv4Net = text.parse().map_err(|_| "an IPv4 network is needed, for example 198.18.0.0/16".to_string())?;
    if net.prefix_len() > 29 {
        return Err("the pool must hold at least 8 addresses (/29)".into());
    }
    if net.trunc() != net {
        return Err(format!("the network starts at {}", net.trunc()));
    }
    Ok(net)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_data_directory_may_stand_before_or_after_the_command() {
        for line in [["freehold", "--data-dir", "/x", "status"], ["freehold", "status", "--data-dir", "/x"]] {
            assert_eq!(Cli::try_parse_from(line).unwrap().data_dir, Some(PathBuf::from("/x")));
        }
    }

    #[test]
    fn a_time_back_has_a_unit() {
        assert_eq!(ago("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(ago("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "m", "10", "-1m", "1.5h", "99999999999999999999d"] {
            assert!(ago(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn overcommit_must_be_a_positive_number() {
        assert_eq!(factor("1.5"), Ok(1.5));
        for wrong in ["0", "-1", "inf", "NaN", "two", ""] {
            assert!(factor(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_pool_is_a_network_with_room() {
        assert!(public_pool("198.18.0.0/16").is_ok());
        for wrong in ["198.18.0.1/16", "198.18.0.0/30", "198.18.0.0", "::/64"] {
            assert!(public_pool(wrong).is_err(), "{wrong}");
        }
    }
}
