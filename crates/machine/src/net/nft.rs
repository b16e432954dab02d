//! Loads rulesets into the kernel. One call is one transaction: all of it comes into force, or nothing.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use netlink_packet_core::NLM_F_REQUEST;
use netlink_sys::protocols::NETLINK_NETFILTER;
use netlink_sys::{Socket, SocketAddr};

use crate::driver::{Error, Result};

/// Loads a ruleset into the calling thread's network namespace.
pub fn load(ruleset: &str) -> Result<()> {
    run(&["-f", "-"], ruleset)
}

/// Whether a ruleset would be accepted; nothing is changed.
#[cfg(test)]
pub fn check(ruleset: &str) -> Result<()> {
    run(&["-c", "-f", "-"], ruleset)
}

fn run(arguments: &[&str], ruleset: &str) -> Result<()> {
    let failed = |e| Error::io("run nft", e);
    let mut nft = Command::new("nft")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Error::Unsupported("the program nft (package nftables) is not installed".to_owned())
            }
            _ => failed(e),
        })?;
    let written = match nft.stdin.take() {
        Some(mut stdin) => stdin.write_all(ruleset.as_bytes()),
        None => Ok(()),
    };
    let output = nft.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::Program { program: "nft", detail });
    }
    written.map_err(failed)
}

/// Whether a chain exists in the calling thread's network namespace. Asked of the program.
pub fn chain_exists(table: &str, chain: &str) -> Result<bool> {
    match run(&["list", "chain", "ip", table, chain], "") {
        Ok(()) => Ok(true),
        Err(Error::Program { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The tables for IPv4 in the calling thread's network namespace with the names of their chains, as nft writes them.
pub fn list_chains() -> Result<String> {
    let failed = |error| Error::io("run nft", error);
    let listed = Command::new("nft").args(["list", "chains", "ip"]).stdin(Stdio::null()).output().map_err(failed)?;
    if !listed.status.success() {
        let detail = String::from_utf8_lossy(&listed.stderr).trim().to_owned();
        return Err(Error::Program { program: "nft", detail });
    }
    Ok(String::from_utf8_lossy(&listed.stdout).into_owned())
}

/// Whether a table exists in the calling thread's network namespace. Asked of the kernel without the program,
/// which makes it cheap enough to be asked often.
pub fn table_exists(name: &str) -> Result<bool> {
    let ask = || {
        let mut socket = Socket::new(NETLINK_NETFILTER)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        socket.send(&get_table(name), 0)?;
        socket.recv_from_full()
    };
    let (answer, _) = ask().map_err(|e: io::Error| Error::io("ask for an nftables table", e))?;
    // The kernel answers with the table, or with an error: there is no such table.
    Ok(answer.get(4..6) == Some(&NEW_TABLE.to_ne_bytes()))
}

/// `NFNL_SUBSYS_NFTABLES` with `NFT_MSG_NEWTABLE` and `NFT_MSG_GETTABLE`.
const NEW_TABLE: u16 = 10 << 8;
const GET_TABLE: u16 = NEW_TABLE | 1;

/// The request for one table of the family `ip`: a netlink header, a netfilter header, and the name as its
/// first attribute, which is padded to four bytes.
fn get_table(name: &str) -> Vec<u8> {
    let mut attribute = vec![0, 0, 1, 0];
    attribute[2..4].copy_from_slice(&1u16.to_ne_bytes());
    attribute.extend(name.as_bytes());
    attribute.push(0);
    // Names of tables are shorter than 32 bytes.
    let length = attribute.len() as u16;
    attribute[..2].copy_from_slice(&length.to_ne_bytes());
    attribute.resize(attribute.len().next_multiple_of(4), 0);

    let mut message = Vec::new();
    message.extend((20 + attribute.len() as u32).to_ne_bytes());
    message.extend(GET_TABLE.to_ne_bytes());
    message.extend(NLM_F_REQUEST.to_ne_bytes());
    // Sequence number and sender; the socket is used once.
    message.extend([0; 8]);
    message.extend([rustix::net::AddressFamily::INET.as_raw() as u8, 0, 0, 0]);
    message.extend(attribute);
    message
}

/// Removes a table from the calling thread's network namespace, whether or not it exists.
pub fn delete_table(name: &str) -> Result<()> {
    load(&format!("table ip {name} {{\n}}\ndelete table ip {name}\n"))
}
